import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  DeadlineExceeded,
  failAfter,
  moveOnAfter,
  shield,
  sleep,
} from "espalier";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

/** What each timeout answers in words; a cancellation is nobody's answer. */
const TIMEOUTS = {
  moveOnAfter: (ms: number) =>
    Effect.map(
      moveOnAfter(5, sleep(ms)),
      Option.match({ onNone: () => "is late", onSome: () => "ends" }),
    ),
  failAfter: (ms: number) =>
    Effect.match(failAfter(5, sleep(ms)), {
      onSuccess: () => "ends",
      onFailure: (error) => {
        assert.ok(error instanceof DeadlineExceeded);
        return "is late";
      },
    }),
};

for (const [name, timeout] of Object.entries(TIMEOUTS)) {
  Deno.test(`${name}() is late for its own deadline, and never for a cancellation from outside (R9)`, async () => {
    const ends = await outcomes(function* () {
      const ends: string[] = [];
      const tell = (who: string, ms: number) =>
        Effect.onExit(timeout(ms), (exit) =>
          Effect.sync(() => {
            const end = exit._tag === "Success" ? exit.value : "is cancelled";
            ends.push(`${who} ${end}`);
          }));
      yield* together({ slow: tell("slow", 9), quick: tell("quick", 1) });
      return ends.sort().join(", ");
    }, { cancelEverywhere: true, preemptions: 1, atLeast: 50 });

    assert.deepEqual(ends, [
      "quick ends, slow is cancelled",
      "quick ends, slow is late",
      "quick is cancelled, slow is late",
    ]);
  });
}

Deno.test("shield() lets its body end whoever is cancelled, and gives it up within its budget", async () => {
  const ends = await outcomes(function* () {
    const trail: string[] = [];
    yield* together({
      quick: Effect.suspend(() => {
        trail.push("begun");
        return shield(Effect.map(sleep(3), () => trail.push("ended")));
      }),
      slow: Effect.ignore(Effect.tapError(
        shield(sleep(9), { within: 3 }),
        (error) => Effect.sync(() => trail.push(error._tag)),
      )),
    });
    assert.equal(trail.includes("begun"), trail.includes("ended"));
    return trail.sort().join(", ");
  }, { cancelEverywhere: true, atLeast: 10 });

  assert.deepEqual(ends, ["DeadlineExceeded, begun, ended"]);
});
