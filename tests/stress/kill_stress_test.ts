// Workers started and killed again and again: nothing may pile up.
// ESPALIER_STRESS=2000 kills as many; the normal run is short.

import assert from "node:assert/strict";
import { STOPPABLE } from "../cpu/support/busy_shapes.ts";
import { Harness } from "../cpu/support/worker_harness.ts";
import { threads } from "../cpu/support/threads.ts";
import { until } from "../cpu/support/until.ts";

const KILLS = Number(Deno.env.get("ESPALIER_STRESS") ?? 60);

Deno.test("kills leave no thread, lock, port or memory behind", async () => {
  const shapes = Object.values(STOPPABLE).slice(0, 8);
  await kill(20, shapes);
  const first = threads();
  const before = Deno.memoryUsage().rss;
  await kill(KILLS, shapes);
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  const { held = [], pending = [] } = await locks().query();

  assert(grown < 40, `${grown.toFixed(1)} MiB more`);
  assert.deepEqual(held, []);
  assert.deepEqual(pending, []);
  // A thread that is dead may be counted for a moment yet.
  await until(() => threads() <= first + 2);
});

async function kill(
  count: number,
  shapes: readonly string[],
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const worker = new Harness();
    await worker.ready;
    const { reply } = worker.inline(shapes[index % shapes.length]!);
    await until(() => worker.link.activity === "running");
    assert.equal(await worker.stop(), "killed");
    await reply;
  }
}

interface Locks {
  query(): Promise<{ held?: unknown[]; pending?: unknown[] }>;
}

function locks(): Locks {
  return (navigator as unknown as { locks: Locks }).locks;
}
