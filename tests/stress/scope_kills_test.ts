// One CPU scope whose tasks are killed again and again: nothing may pile up.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { run, sleep } from "../../src/core/mod.ts";
import { type CpuScope, cpuScope, inline } from "../../src/cpu/mod.ts";
import { square } from "../cpu/support/cpu_tasks.ts";
import { threads } from "../cpu/support/threads.ts";
import { until } from "../cpu/support/until.ts";

const KILLS = 200;

const loops = inline((flag: Int32Array): never => {
  for (flag[0] = 1;;);
});

Deno.test("a CPU scope of which 200 tasks were killed holds no thread and no memory of them (R66)", async () => {
  await run(cpuScope(function* (cpu) {
    yield* kill(cpu, 20);
    const before = Deno.memoryUsage().rss;
    const living = threads();
    yield* kill(cpu, KILLS);
    const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;

    assert.equal(yield* cpu.run(square, 5), 25);
    const { workers, stopped, cancelled } = cpu.statistics();
    assert.deepEqual([stopped.killed, stopped.leaked], [KILLS + 20, 0]);
    assert.equal(cancelled, KILLS + 20);
    assert(workers.length <= 2, `${workers.length} workers`);
    assert(grown < 60, `${grown.toFixed(1)} MiB more`);
    // A spare may be there, or not yet; the dead may be counted for a moment.
    yield* Effect.promise(() => until(() => threads() <= living + 2));
  }, { workers: 1, grace: 0 }));
});

function* kill(cpu: CpuScope, count: number) {
  for (let index = 0; index < count; index++) {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const future = cpu.submit(loops, flag);
    while (flag[0] === 0) yield* sleep(1);
    future.cancel();
    yield* future.outcome;
    assert.equal(future.stopped, "killed");
  }
}
