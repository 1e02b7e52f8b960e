import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, Event } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("Event.wait() is passed once the event is set, not before, and missed by nobody, whoever is cancelled (R51)", async () => {
  const passed = await outcomes(function* () {
    const event = new Event();
    let passed = 0;
    yield* together({
      ...each("ab", () =>
        Effect.map(event.wait, () => {
          assert.ok(event.isSet);
          passed++;
        })),
      setter: Effect.ensuring(checkpoint, Effect.sync(() => event.set())),
    });
    assert.equal(event.statistics().waiting, 0);
    return `${passed} passed`;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(passed, ["1 passed", "2 passed"]);
});

Deno.test("Event.set() is not missed between looking and waiting, however a waiter is preempted (R51)", async () => {
  await prove(function* () {
    const event = new Event();
    let passed = 0;
    yield* together({
      ...each("ab", () => Effect.map(event.wait, () => passed++)),
      setter: Effect.sync(() => event.set()),
    });
    assert.equal(passed, 2);
  }, { preemptions: 2, atLeast: 500 });
});
