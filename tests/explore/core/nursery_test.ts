import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  checkpoint,
  type Nursery,
  nursery,
  NurseryClosed,
  shieldedCheckpoint,
  taskPathOf,
} from "espalier";
import { outcomes, prove } from "../support/prove.ts";

Deno.test("nursery() ends after every child and every cleanup, whoever is cancelled (R27)", async () => {
  await prove(function* () {
    let alive = 0;
    let cleanedUp = 0;
    const child = Effect.suspend(() => {
      alive++;
      const cleanup = Effect.map(shieldedCheckpoint, () => {
        alive--;
        cleanedUp++;
      });
      return Effect.ensuring(checkpoint, cleanup);
    });
    yield* nursery(function* (n) {
      n.startSoon(child);
      n.startSoon(child);
      yield* checkpoint;
    });
    assert.equal(alive, 0);
    assert.equal(cleanedUp, 2);
  }, { cancelEverywhere: true, atLeast: 1_000 });
});

Deno.test("nursery() that is cancelled ends after every cleanup, also when its body has ended (R27)", async () => {
  const ends = await outcomes(function* () {
    let alive = 0;
    let cut = 0;
    const child = Effect.suspend(() => {
      alive++;
      const cleanup = Effect.map(shieldedCheckpoint, () => alive--);
      const work = Effect.onInterrupt(
        checkpoint,
        () => Effect.sync(() => cut++),
      );
      return Effect.ensuring(work, cleanup);
    });
    yield* nursery(function* (n) {
      n.startSoon(child);
      n.startSoon(Effect.sync(() => n.cancelScope.cancel()));
      yield* shieldedCheckpoint;
    });
    assert.equal(alive, 0);
    return `${cut} cut short`;
  }, { atLeast: 50 });

  assert.deepEqual(ends, ["0 cut short", "1 cut short"]);
});

Deno.test("nursery() keeps the failure of whoever fails, and cancels only who waits (R26)", async () => {
  const ends = await outcomes(function* () {
    const finished: string[] = [];
    const children: Array<[string, Effect.Effect<void, string>]> = [
      ["fails", Effect.andThen(shieldedCheckpoint, Effect.fail("broken"))],
      ["fails too", Effect.andThen(shieldedCheckpoint, Effect.fail("as well"))],
      ["works", Effect.map(checkpoint, () => void finished.push("works"))],
    ];
    const exit = yield* Effect.exit(nursery((n: Nursery<string>) => {
      for (const [name, child] of children) n.startSoon(child, { name });
      return Effect.void;
    }));
    assert.ok(exit._tag === "Failure");
    const failures = exit.cause.reasons.map((reason) => {
      assert.ok(reason._tag === "Fail", reason._tag);
      const path = taskPathOf(reason);
      assert.equal(
        path,
        `main/${reason.error === "broken" ? "fails" : "fails too"}`,
      );
      return reason.error;
    });
    return [...failures, ...finished].join(", ");
  }, { atLeast: 50 });

  assert.deepEqual(ends, [
    "as well, broken",
    "as well, broken, works",
    "broken, as well",
    "broken, as well, works",
  ]);
});

Deno.test("nursery() treats its body like a child: one that fails cancels the children (R25)", async () => {
  const ends = await outcomes(function* () {
    const trail: string[] = [];
    const exit = yield* Effect.exit(nursery(function* (n) {
      n.startSoon(Effect.map(checkpoint, () => trail.push("child")));
      yield* checkpoint;
      yield* Effect.fail("body");
    }));
    assert.ok(exit._tag === "Failure");
    assert.equal(exit.cause.reasons.length, 1);
    return trail.join();
  }, { atLeast: 3 });

  assert.deepEqual(ends, ["", "child"]);
});

Deno.test("nursery() that isolates lets the others finish, and reports what nobody took", async () => {
  const ends = await outcomes(function* () {
    const finished: string[] = [];
    const exit = yield* Effect.exit(nursery(function* (n: Nursery<string>) {
      const fails = n.startSoon(
        Effect.andThen(checkpoint, Effect.fail("broken")),
      );
      n.startSoon(Effect.map(checkpoint, () => finished.push("one")));
      n.startSoon(Effect.map(fails.outcome, () => finished.push("taker")));
      yield* checkpoint;
      finished.push("body");
    }, { onChildFailure: "isolate" }));
    assert.deepEqual(finished.includes("taker"), exit._tag === "Success");
    assert.ok(finished.includes("body"));
    // One of the children was cancelled at the most.
    assert.ok(finished.length >= 2);
    return `${exit._tag} ${finished.length}`;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(ends, ["Failure 2", "Success 2", "Success 3"]);
});

Deno.test("nursery() takes children until the last one has ended, and none after that (R30, C016)", async () => {
  const ends = await outcomes(function* () {
    let late = 0;
    let isOver = false;
    const opened = { n: undefined as Nursery | undefined };
    yield* nursery(function* (n) {
      opened.n = n;
      n.startSoon(function* () {
        yield* checkpoint;
        n.startSoon(Effect.map(checkpoint, () => {
          assert.ok(!isOver);
          late++;
        }));
      });
      yield* checkpoint;
    });
    isOver = true;
    assert.ok(opened.n!.isClosed);
    assert.throws(() => opened.n!.startSoon(Effect.void), NurseryClosed);
    return `${late} late`;
  }, { cancelEverywhere: true, atLeast: 20 });

  assert.deepEqual(ends, ["0 late", "1 late"]);
});
