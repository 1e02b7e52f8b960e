import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { type Nursery, nursery, shieldedCheckpoint, waitFor } from "espalier";
import { outcomes } from "../support/prove.ts";

const UNTIL = {
  first: ["a", "ab", "b"],
  "first-failure": ["ab", "b"],
  all: ["ab"],
};

for (const [until, possible] of Object.entries(UNTIL)) {
  Deno.test(`waitFor() until ${until} tells those that are done from those that are not`, async () => {
    const ends = await outcomes(function* () {
      let done = "";
      yield* nursery(function* (n: Nursery<string>) {
        const named = {
          a: n.startSoon(shieldedCheckpoint),
          b: n.startSoon(Effect.andThen(shieldedCheckpoint, Effect.fail("b"))),
        };
        const nameOf = (it: unknown) => it === named.a ? "a" : "b";
        const answer = yield* waitFor([named.a, named.b], {
          until: until as keyof typeof UNTIL,
        });
        const [ended, pending] = [[...answer.done], [...answer.pending]];
        for (const it of ended) assert.equal(it.poll()._tag, "Some");
        assert.equal(ended.length + pending.length, 2);
        done = ended.map(nameOf).join("");
      }, { onChildFailure: "isolate" }).pipe(Effect.ignore);
      return done;
    }, { atLeast: 5 });

    assert.deepEqual(ends, possible);
  });
}
