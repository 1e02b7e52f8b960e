// Shares memory between workers: first with a race, then without.
//
// Two workers count in one cell. Reading and writing in two steps loses counts;
// adding in one step, or holding a lock, does not. Watch the three counts.
//
//     deno run examples/27_shared_memory.ts

import type * as Effect from "effect/Effect";
import { gather, main } from "espalier";
import {
  type CpuError,
  cpuScope,
  inline,
  SharedArray,
  SharedCounter,
  SharedLock,
} from "espalier/cpu";
import type * as Shared from "espalier/cpu/worker";

const TIMES = 300_000;

const racing = inline((times: number, cell: Shared.SharedArray) => {
  // Each waits for the other, so that they run at the same time.
  for (cell.add(1, 1); cell.get(1) < 2;);
  for (let n = 0; n < times; n++) cell.set(0, cell.get(0) + 1);
});
const adding = inline((times: number, counter: Shared.SharedCounter) => {
  for (let n = 0; n < times; n++) counter.add(1);
});
const locking = inline(
  (times: number, lock: Shared.SharedLock, cell: Shared.SharedArray) => {
    for (let n = 0; n < times; n++) {
      lock.withLock(() => cell.set(0, cell.get(0) + 1));
    }
  },
);

const twice = (work: () => Effect.Effect<void, CpuError>) =>
  gather([work(), work()]);

await main(cpuScope(function* (cpu) {
  let lost = 0;
  // A race loses counts when it likes; on a busy machine it takes a few rounds.
  for (let round = 0; lost === 0 && round < 100; round++) {
    const cell = new SharedArray("int32", 2);
    yield* twice(() => cpu.run(racing, TIMES, cell));
    lost = 2 * TIMES - cell.get(0);
  }
  console.log("a race loses counts:", lost > 0);

  const counter = new SharedCounter();
  yield* twice(() => cpu.run(adding, TIMES, counter));
  console.log("adding in one step:", counter.value);

  const [lock, cell] = [new SharedLock(), new SharedArray("int32", 1)];
  yield* twice(() => cpu.run(locking, 20_000, lock, cell));
  console.log("under a lock:", cell.get(0));
}, { workers: 2, min: 2 }));

// Output:
// a race loses counts: true
// adding in one step: 600000
// under a lock: 40000
