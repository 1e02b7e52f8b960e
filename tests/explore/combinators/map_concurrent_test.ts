import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, mapConcurrent } from "espalier";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

/** In which orders the results may come. */
const ORDERS = {
  "in the order of the items": { ordered: true, all: ["abc"], some: ["ab"] },
  "as they finish": {
    ordered: false,
    all: ["abc", "acb", "bac", "bca"],
    some: ["ab", "ba"],
  },
};

for (const [order, { ordered, all, some }] of Object.entries(ORDERS)) {
  Deno.test(`mapConcurrent() maps each item once, two at a time, and answers ${order}`, async () => {
    const ends = await outcomes(() => mapped("abc", ordered), { atLeast: 10 });

    assert.deepEqual(ends, all);
  });

  Deno.test(`mapConcurrent() answers ${order}, or leaves nobody behind, whoever is cancelled`, async () => {
    const ends = await outcomes(() => mapped("ab", ordered), {
      cancelEverywhere: true,
      atLeast: 500,
    });

    assert.deepEqual(ends, [...some, "cancelled"]);
  });
}

/** Maps items that a generator yields; answers the results, or how it ended. */
function* mapped(items: string, ordered: boolean) {
  const finished: string[] = [];
  let alive = 0;
  let isOpen = false;
  let end = "";
  function* source() {
    isOpen = true;
    try {
      yield* items;
    } finally {
      isOpen = false;
    }
  }
  const body = (item: string) =>
    Effect.suspend(() => {
      assert.ok(++alive <= 2);
      return Effect.ensuring(
        Effect.map(checkpoint, () => (finished.push(item), item)),
        Effect.sync(() => alive--),
      );
    });
  const options = { concurrency: 2, ordered };
  const mapper = Effect.onExit(
    Effect.suspend(() => mapConcurrent(source(), body, options)),
    (exit) =>
      Effect.sync(() => {
        assert.equal(alive, 0);
        assert.ok(!isOpen, "the source was left open");
        if (exit._tag === "Failure") return end = "cancelled";
        assert.deepEqual(finished.toSorted(), [...items]);
        if (!ordered) assert.deepEqual(exit.value, finished);
        end = exit.value.join("");
      }),
  );
  // A body that is cancelled on its own has no result: a defect of the call.
  yield* together({ mapper: Effect.catchCause(mapper, () => Effect.void) });
  return end;
}
