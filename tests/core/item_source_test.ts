import assert from "node:assert/strict";
import { runExit } from "espalier";
import * as Effect from "effect/Effect";
import { sourceOf, thenClean } from "../../src/core/item_source.ts";
import { failuresOf } from "../combinators/support/bodies.ts";

Deno.test("sourceOf() prefers what is async, and makes an iterator for each call", async () => {
  let made = 0;
  const both = {
    [Symbol.iterator]: () => assert.fail("not the sync one"),
    async *[Symbol.asyncIterator]() {
      made++;
      yield await Promise.resolve("later");
    },
  };
  const open = sourceOf<unknown>(both, "test");
  assert.equal(made, 0);

  for (const _ of [1, 2]) {
    const pulled = open().pull();
    assert.ok(Effect.isEffect(pulled));
    const exit = await runExit(pulled);
    assert.equal(exit._tag === "Success" && exit.value.value, "later");
  }

  assert.equal(made, 2);
});

Deno.test("sourceOf() pulls now from what is not async, and closes it once", async () => {
  let closed = 0;
  const items = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: 1 }),
      return: () => {
        closed++;
        return { done: true as const, value: undefined };
      },
    }),
  };
  const source = sourceOf(items, "test")();

  assert.deepEqual(source.pull(), { done: false, value: 1 });
  await runExit(source.close);
  await runExit(source.close);

  assert.equal(closed, 1);
});

Deno.test("sourceOf() refuses a next() that answers no object, as a loop does", async () => {
  const message = "Cannot read an iterator: next() answered 5, and no object";
  const next = () => 5 as never;
  const sync = sourceOf({ [Symbol.iterator]: () => ({ next }) }, "test")();
  assert.throws(() => sync.pull(), { name: "TypeError", message });

  const source = sourceOf({ [Symbol.asyncIterator]: () => ({ next }) }, "test");
  const pulled = source().pull();
  assert.ok(Effect.isEffect(pulled));
  const exit = await runExit(pulled);
  assert.ok(exit._tag === "Failure");
  const [reason] = exit.cause.reasons;
  assert.ok(reason?._tag === "Die" && reason.defect instanceof TypeError);
  assert.equal(reason.defect.message, message);
});

Deno.test("sourceOf() does not close what has thrown", async () => {
  const items = {
    [Symbol.iterator]: () => ({
      next: () => {
        throw "worn";
      },
      return: () => assert.fail("closed"),
    }),
  };
  const source = sourceOf(items, "test")();

  assert.throws(() => source.pull(), (thrown) => thrown === "worn");
  assert.deepEqual((await runExit(source.close))._tag, "Success");
});

Deno.test("sourceOf() says what it was given instead of items", () => {
  assert.throws(() => sourceOf(5 as never, "map items"), {
    name: "TypeError",
    message:
      "Cannot map items: it takes an iterable or an async iterable: received 5",
  });
});

Deno.test("thenClean() cleans after success and failure, and keeps each failure as it was", async () => {
  const dirty = Effect.die("dirty");

  assert.deepEqual(await failuresOf(thenClean(Effect.void, dirty)), [
    "Die dirty main",
  ]);
  assert.deepEqual(await failuresOf(thenClean(Effect.fail("bad"), dirty)), [
    "Fail bad main",
    "Die dirty main",
  ]);
  assert.deepEqual(
    await failuresOf(thenClean(Effect.fail("bad"), Effect.void)),
    ["Fail bad main"],
  );
  assert.deepEqual(await failuresOf(thenClean(Effect.void, Effect.void)), []);
});
