import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  checkpoint,
  Event,
  fromPromise,
  now,
  nursery,
  run,
  sleep,
  sleepForever,
} from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import {
  Deadlock,
  EndlessInterleaving,
  explore,
  type ExploreOptions,
  NotDeterministic,
  PromiseOverdue,
} from "espalier/testing";
import { Explorer } from "../../src/testing/_explorer.ts";
import { ReplayScheduler } from "../../src/testing/schedulers/replay.ts";
import { betweenOperations } from "../fixtures/races/lost_update.ts";

Deno.test("explore() takes turns in a round robin", async () => {
  const trail: string[] = [];
  const { interleavings, exhausted } = await explore(function* () {
    yield* nursery(function* (n) {
      for (const name of ["a", "b", "c"]) {
        n.startSoon(function* () {
          for (let step = 0; step < 3; step++) {
            trail.push(name);
            yield* checkpoint;
          }
        });
      }
      yield* checkpoint;
    });
  }, { strategy: "roundRobin" });

  assert.deepEqual([interleavings, exhausted], [1, false]);
  assert.equal(trail.join(""), "abcabcabc");
});

Deno.test("explore() tries every order of what wakes at one instant", async () => {
  const seen = new Set<string>();
  const natively = (ms: number) => Effect.sleep(ms);

  for (const wait of [sleep, natively]) {
    seen.clear();
    const { exhausted } = await explore(function* () {
      const trail: string[] = [];
      yield* nursery(function* (n) {
        for (const name of "abc") {
          n.startSoon(
            Effect.andThen(wait(5), Effect.sync(() => trail.push(name))),
          );
        }
        yield* Effect.void;
      });
      seen.add(trail.join(""));
    });

    assert.equal(exhausted, true);
    assert.deepEqual([...seen].sort(), [
      "abc",
      "acb",
      "bac",
      "bca",
      "cab",
      "cba",
    ]);
  }
});

Deno.test("explore() runs each interleaving on a clock of its own", async () => {
  const { failure, interleavings } = await explore(function* () {
    assert.equal(now(), 0);
    yield* nursery(function* (n) {
      n.startSoon(sleep("1 day"));
      n.startSoon(sleep("1 day"));
      yield* Effect.void;
    });
    assert.equal(now(), 86_400_000);
  });

  assert.equal(failure, undefined);
  assert.ok(interleavings > 1);
});

Deno.test("explore() runs the same interleavings for the same seed, and others for another", async () => {
  const trails = async (seed: number, strategy: "random" | "pct") => {
    const trail: string[] = [];
    await explore(() => threeTasks(trail), {
      strategy,
      seed,
      maxInterleavings: 20,
    });
    return trail.join("");
  };

  for (const strategy of ["random", "pct"] as const) {
    const first = await trails(1, strategy);
    assert.equal(await trails(1, strategy), first);
    assert.notEqual(await trails(2, strategy), first);
  }
});

Deno.test("explore() stops after as many interleavings as it may run", async () => {
  const { interleavings, exhausted, failure } = await explore(
    () => threeTasks([]),
    { maxInterleavings: 7 },
  );

  assert.deepEqual([interleavings, exhausted, failure], [7, false, undefined]);
});

Deno.test("explore() bounds preemptions: without any, tasks that do not wait are atomic", async () => {
  await proves(betweenOperations, {});
});

Deno.test("explore() says how fast it was", async () => {
  const { perSecond } = await explore(() => threeTasks([]), {
    maxInterleavings: 500,
  });

  assert.ok(perSecond > 100, `${perSecond} interleavings a second`);
});

Deno.test("explore() fails with what run() would have rejected with, and the whole cause", async () => {
  const body = () => Effect.fail({ _tag: "NoRoute" });
  const { failure } = await explore(body);

  assert.deepEqual(failure?.error, { _tag: "NoRoute" });
  assert.ok(Cause.isCause(failure?.cause));
});

Deno.test("explore() always resolves, also for a body that throws at once", async () => {
  const { failure } = await explore(() => {
    throw new Error("at once");
  });

  assert.match(String(failure?.error), /at once/);
});

Deno.test("explore() ends an interleaving that has no end", async () => {
  const { failure } = await explore(function* () {
    for (;;) yield* checkpoint;
  });

  assert(failure?.error instanceof EndlessInterleaving);
});

Deno.test("explore() says of a body that is not deterministic that it is not", async () => {
  let calls = 0;
  const { failure } = await explore(() =>
    nursery(function* (n) {
      for (let child = calls++ % 3; child >= 0; child--) {
        n.startSoon(checkpoint);
      }
      yield* checkpoint;
    })
  );

  assert(failure?.error instanceof NotDeterministic);
});

Deno.test("explore() says in the story when a failure does not come again", async () => {
  let calls = 0;
  const { failure } = await explore(function* () {
    yield* checkpoint;
    assert.equal(calls++, 1);
  });

  assert.match(failure!.story, /not deterministic/);
});

Deno.test("explore() lets the process end after a deadlock that no cancellation ends", async () => {
  const { failure } = await explore(() =>
    Effect.uninterruptible(Effect.callback<void>(() => {}))
  );

  assert(failure?.error instanceof Deadlock);
});

Deno.test("explore() ends an interleaving in which a task never waits", async () => {
  const { failure } = await explore(function* () {
    for (;;) yield* Effect.sync(() => {});
  });

  assert(failure?.error instanceof EndlessInterleaving);
});

Deno.test("explore() permutes promises that settle by themselves, and proves", async () => {
  const seen = new Set<string>();
  const { exhausted, leftToHost } = await explore(function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(async () => {
        await null;
        trail.push("a");
      });
      n.startSoon(function* () {
        yield* fromPromise(async () => await null);
        trail.push("b");
      });
      n.startSoon(function* () {
        yield* Effect.promise(() => Promise.resolve());
        trail.push("c");
      });
      yield* Effect.void;
    });
    seen.add(trail.join(""));
  });

  assert.deepEqual([exhausted, leftToHost], [true, 0]);
  assert.ok(seen.has("abc") && seen.has("acb"), [...seen].join());
});

Deno.test("explore() proves nothing where the host decides when something goes on", async () => {
  const timer = (ms: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, ms));
  const square = inline((x: number) => x * x);
  const bodies = [
    () => timer(2),
    () => cpuScope((cpu) => cpu.run(square, 3), { workers: 1 }),
    function* () {
      const event = new Event();
      setTimeout(() => event.set(), 2);
      yield* event.wait;
    },
  ];

  for (const body of bodies) {
    const { failure, interleavings, exhausted, leftToHost } = await explore(
      body as () => Promise<void>,
    );
    assert.equal(failure, undefined);
    assert.deepEqual([interleavings, exhausted, leftToHost], [1, false, 1]);
  }
});

Deno.test("explore() gives up a promise that does not settle, and says who waits for it", async () => {
  let bodies = 0;
  const explorer = new Explorer(() => {
    bodies++;
    return nursery(function* (n) {
      n.startSoon(fromPromise(() => new Promise(() => {})), { name: "ann" });
      yield* checkpoint;
    });
  }, { name: "", preemptions: 0, cancels: false });
  const patience = { grace: 5, limit: 20 };

  const ran = await explorer.run(new ReplayScheduler([1]), { patience });
  const started = performance.now();
  const { error, cause, story } = await explorer.describe(ran);

  assert(error instanceof PromiseOverdue);
  assert.deepEqual(Exit.failCause(cause), ran.exit);
  assert.ok(error.waitedMs >= 20, `after ${error.waitedMs} ms`);
  assert.ok(performance.now() - started < 5_000, "it was not patient again");
  assert.match(error.message, /has not settled for \d+ ms\nmain .*children/);
  assert.match(error.message, /└─ ann {2}waits for a promise$/);
  assert.match(story, /main\/ann {2}begins, waits for a promise/);
  assert.ok(bodies >= 3, "it was made simpler, and told");
});

Deno.test("explore() in parallel keeps explorations apart", async () => {
  const slowly = explore(() => new Promise<void>((r) => setTimeout(r, 150)));
  const quickly = explore(() => threeTasks([]), { maxInterleavings: 50 });
  const blocked = explore(() => sleepForever);

  assert.deepEqual(
    (await Promise.all([slowly, quickly, blocked])).map(({ failure }) =>
      failure?.error instanceof Deadlock
    ),
    [false, false, true],
  );
});

Deno.test("explore() makes a failure in a very long interleaving simpler in a second", async () => {
  const { failure } = await explore(function* () {
    let trail = "";
    yield* nursery(function* (n) {
      for (const name of "abcde") {
        n.startSoon(function* () {
          for (let step = 0; step < 2_000; step++) yield* checkpoint;
          trail += name;
        });
      }
      yield* Effect.void;
    });
    assert.equal(trail, "abcde");
  }, { strategy: "random" });

  assert.match(String(failure?.error), /AssertionError/);
  assert.ok(failure!.story.split("\n").length < 200);
});

Deno.test("explore() refuses what is no body", () => {
  for (const none of [undefined, null, 5, "body", Promise.resolve(), {}]) {
    assert.throws(
      () => explore(none as unknown as () => Effect.Effect<void>),
      /Cannot run a body: it is not/,
    );
  }
});

Deno.test("explore() refuses options that make no sense", () => {
  const body = () => Effect.void;

  for (const preemptions of [-1, 0.5, NaN]) {
    assert.throws(() => explore(body, { preemptions }), RangeError);
  }
  assert.throws(() => explore(body, { seed: -1 }), RangeError);
  assert.throws(() => explore(body, { maxInterleavings: NaN }), RangeError);
  assert.throws(
    () => explore(body, { strategy: "thorough" as "random" }),
    TypeError,
  );
});

Deno.test("explore() refuses to be called inside a task", async () => {
  await run(function* () {
    assert.throws(() => explore(() => Effect.void), /inside a run already/);
    yield* Effect.void;
  });
});

/** Explores a body that is right, to the end. */
async function proves(
  body: () => Generator<Effect.Effect<unknown, unknown>, void>,
  options: ExploreOptions,
): Promise<void> {
  const { failure, exhausted } = await explore(body, options);

  assert.equal(failure?.story, undefined);
  assert.equal(exhausted, true);
}

function* threeTasks(trail: string[]) {
  yield* nursery(function* (n) {
    for (const name of "abc") {
      n.startSoon(function* () {
        for (let step = 0; step < 2; step++) {
          trail.push(name);
          yield* checkpoint;
        }
      });
    }
    yield* checkpoint;
  });
}
