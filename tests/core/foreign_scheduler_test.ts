import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Scheduler from "effect/Scheduler";
import fc from "fast-check";
import { checkpoint, moveOnAfter, now, nursery, sleep } from "espalier";
import { anyProgram, interpret } from "../support/random_programs.ts";
import { virtualExit, virtualRun } from "../support/virtual_test.ts";

Deno.test("random programs do the same on Effect's own scheduler", async () => {
  const programs = fc.sample(anyProgram, { numRuns: 500, seed: 20_260_402 });
  for (const program of programs) {
    const here: string[] = [];
    const there: string[] = [];
    const ended = await virtualExit(() => interpret(program, here), {
      slowCleanup: Infinity,
    });
    const endedThere = await virtualExit(() => interpret(program, there), {
      slowCleanup: Infinity,
      scheduler: new Scheduler.MixedScheduler(),
    });
    assert.equal(endedThere._tag, ended._tag);
    assert.deepEqual(there.sort(), here.sort(), JSON.stringify(program));
  }
});

Deno.test("a clock that jumps waits for the turns of a scheduler that is not ours (R69)", async () => {
  await virtualRun(function* () {
    yield* nursery(function* (n) {
      n.startSoon(sleep(1000));
      for (let i = 0; i < 50; i++) yield* checkpoint;
      assert.equal(now(), 0);
    });
  }, { scheduler: new Scheduler.MixedScheduler() });
});

Deno.test("a scheduler that counts sees every turn of a run as a task of its own", async () => {
  let tasks = 0;
  const effects = new Scheduler.MixedScheduler();
  const counting: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => effects.shouldYield(fiber),
    makeDispatcher() {
      const dispatcher = effects.makeDispatcher();
      return {
        scheduleTask(task, priority) {
          tasks++;
          dispatcher.scheduleTask(task, priority);
        },
        flush: () => dispatcher.flush(),
      };
    },
  };
  await virtualRun(() =>
    nursery(function* (n) {
      for (let i = 0; i < 10; i++) n.startSoon(checkpoint);
      yield* moveOnAfter(1, Effect.never);
    }), { scheduler: counting });
  assert(tasks >= 20, `${tasks} tasks`);
});
