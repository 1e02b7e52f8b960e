import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { CancelScope, fromPromise, Future } from "espalier";
import { outcomes } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

/** When the caller is cancelled, and what it then answers. */
const CANCELLERS: Record<string, [Effect.Effect<void>, string[]]> = {
  "before the promise settles": [
    Effect.void,
    ["cancelled, not called", "cancelled, settled"],
  ],
  // What has been decided is kept (R13).
  "together with it": [fromPromise(() => Promise.resolve()), ["done, settled"]],
};

for (const [when, [before, possible]] of Object.entries(CANCELLERS)) {
  Deno.test(`fromPromise() cancelled ${when} waits until it has settled (R15)`, async () => {
    const ends = await outcomes(function* () {
      const scope = new CancelScope();
      let isCalled = false;
      let isSettled = false;
      let end = "";
      const fetch = async (signal: AbortSignal) => {
        isCalled = true;
        await Promise.resolve();
        isSettled = true;
        signal.throwIfAborted();
        return "done";
      };
      yield* together({
        canceller: Effect.map(before, () => scope.cancel()),
        *caller() {
          const answer = yield* scope.run(fromPromise(fetch));
          assert.equal(isSettled, isCalled, "left in flight");
          end = answer._tag === "Some" ? answer.value : "cancelled";
        },
      });
      return `${end}, ${isSettled ? "settled" : "not called"}`;
    }, { preemptions: 1, atLeast: 20 });

    assert.deepEqual(ends, possible);
  });
}

Deno.test("Future.fromPromise() settles once, for all who wait, whoever is cancelled", async () => {
  const ends = await outcomes(function* () {
    const future = Future.fromPromise(() => Promise.resolve("value"));
    const seen: string[] = [];
    yield* together(
      each("ab", () => Effect.map(future, (value) => seen.push(value))),
    );
    return seen.join();
  }, { cancelEverywhere: true, atLeast: 5 });

  assert.deepEqual(ends, ["value", "value,value"]);
});
