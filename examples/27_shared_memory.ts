// Shares memory between workers: first with a race, then without.
//
// Two workers count in one cell. Reading and writing in two steps loses counts;
// adding in one step, or holding a lock, does not.
//
//     deno run examples/27_shared_memory.ts

import { main } from "espalier";
import {
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

await main(cpuScope(function* (cpu) {
  const cell = new SharedArray("int32", 2);
  let both = [cpu.submit(racing, TIMES, cell), cpu.submit(racing, TIMES, cell)];
  for (const one of both) yield* one;
  console.log("a race loses counts:", cell.get(0) < 2 * TIMES);

  const counter = new SharedCounter();
  both = [
    cpu.submit(adding, TIMES, counter),
    cpu.submit(adding, TIMES, counter),
  ];
  for (const one of both) yield* one;
  console.log("adding in one step:", counter.value);

  const lock = new SharedLock();
  cell.set(0, 0);
  const few = 20_000;
  both = [
    cpu.submit(locking, few, lock, cell),
    cpu.submit(locking, few, lock, cell),
  ];
  for (const one of both) yield* one;
  console.log("under a lock:", cell.get(0));
}, { workers: 2, min: 2 }));

// Output:
// a race loses counts: …
// adding in one step: 600000
// under a lock: 40000
