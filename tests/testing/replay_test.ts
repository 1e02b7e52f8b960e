import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, nursery, run } from "espalier";
import { explore, replay, ReplayDiverged } from "espalier/testing";
import { readToken, tokenOf } from "../../src/testing/_token.ts";
import { acrossWait, acrossWaitLocked } from "../fixtures/races/lost_update.ts";

Deno.test("replay() runs exactly the interleaving of its token", async () => {
  const trails: string[] = [];
  const body = function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      for (const name of "abcd") {
        n.startSoon(function* () {
          yield* checkpoint;
          trail.push(name);
        });
      }
      yield* checkpoint;
    });
    trails.push(trail.join(""));
    assert.notEqual(trail.join(""), "dacb");
  };
  const { failure } = await explore(body);
  trails.length = 0;

  const again = await replay(failure!.token, body);

  assert.deepEqual(trails, ["dacb"]);
  assert.deepEqual(
    [again.interleavings, again.exhausted, again.failure?.token],
    [1, false, failure!.token],
  );
});

Deno.test("replay() says that the body takes other turns now", async () => {
  const { failure } = await explore(acrossWait);

  const { failure: diverged } = await replay(failure!.token, acrossWaitLocked);

  assert(diverged?.error instanceof ReplayDiverged);
  assert.equal(diverged.error.cause, undefined);
});

Deno.test("replay() tells a body from another one of the same shape", async () => {
  const twoTasks = (a: string, b: string) => () =>
    nursery(function* (n) {
      n.startSoon(checkpoint, { name: a });
      n.startSoon(checkpoint, { name: b });
      yield* checkpoint;
      throw new Error("no");
    });
  const { failure } = await explore(twoTasks("reader", "writer"));

  const same = await replay(failure!.token, twoTasks("reader", "writer"));
  const other = await replay(failure!.token, twoTasks("ann", "bob"));

  assert.match(String(same.failure?.error), /no/);
  assert(other.failure?.error instanceof ReplayDiverged);
  assert.match(String(other.failure.error.cause), /no/);
});

Deno.test("replay() of a body that is mended without other turns has no failure", async () => {
  let isBroken = true;
  const body = function* () {
    yield* nursery(function* (n) {
      n.startSoon(checkpoint);
      n.startSoon(checkpoint);
      yield* checkpoint;
    });
    assert.equal(isBroken, false);
  };
  const { failure } = await explore(body);
  isBroken = false;

  const { failure: mended } = await replay(failure!.token, body);

  assert.equal(mended, undefined);
});

Deno.test("replay() refuses what is no token", () => {
  const none = [
    "",
    "esp1",
    "esp2.name.p0..0-0",
    "esp1.name.p0.1-2-3.0-0",
    "esp1.name.q0..0-0",
    "esp1.name.p0.zzzzzzzzz-1.0-0",
    "esp1.~E0.p0..0-0",
    "esp1.name.p0..",
  ];

  for (const token of none) {
    assert.throws(() => replay(token, () => Effect.void), TypeError, token);
  }
  for (const none of [undefined, 5, {}]) {
    assert.throws(
      () => replay(none as unknown as string, () => Effect.void),
      /Cannot read the token: it must be a string: received/,
    );
  }
});

Deno.test("replay() refuses what is no body", () => {
  assert.throws(
    () => replay("esp1..p0..0-ztntfp", undefined as never),
    /Cannot run a body: it is not/,
  );
});

Deno.test("replay() refuses to be called inside a task", async () => {
  await run(function* () {
    assert.throws(
      () => replay("esp1..p0..0-ztntfp", () => Effect.void),
      /inside a run already/,
    );
    yield* Effect.void;
  });
});

Deno.test("a token holds everything there is to know, in one line that no shell touches", () => {
  const recipe = {
    name: `it's 100 % "fine" – (really)! ~ok.`,
    preemptions: 12,
    cancels: true,
    answers: [0, 0, 3, 0, 37, 0, 0, 1],
    course: "8-abc",
  };
  const token = tokenOf(recipe);

  assert.match(token, /^[\w.~-]+$/);
  assert.deepEqual(readToken(`  ${token}\n`), recipe);
});

Deno.test("a token leaves out what goes without saying", () => {
  const token = tokenOf({
    name: "",
    preemptions: 0,
    cancels: false,
    answers: [0, 0, 0],
    course: "3-x",
  });

  assert.equal(token, "esp1..p0..3-x");
  assert.deepEqual(readToken(token).answers, []);
});
