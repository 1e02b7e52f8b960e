// Shares uneven work among workers, in chunks that find their size by themselves.
//
// One message for each of ten thousand items costs more than the items; one chunk
// for each worker leaves the unlucky one behind with the heavy half. Watch that
// `"auto"` measures: who has light items takes more of them, and both are done
// together.
//
//     deno run examples/50_work_stealing.ts

import { main, now } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

/** The later the item, the more work it is. */
const work = inline((n: number) => {
  let sum = 0;
  for (let i = 0; i < n * 10; i++) sum = (sum + i) | 0;
  return n;
});

await main(cpuScope(function* (cpu) {
  const items = Array.from({ length: 10_000 }, (_, n) => n);
  const done = () => cpu.statistics().workers.map((it) => it.completed);
  for (const first of [cpu.submit(work, 1), cpu.submit(work, 1)]) yield* first;

  for (const chunk of [1, 5_000, "auto"] as const) {
    const before = done();
    const start = now();
    const results = yield* cpu.map(work, items, { chunk });
    const took = Math.round(now() - start);
    const right = results.every((result, n) => result === n);
    const each = done().map((count, at) => count - before[at]!);
    console.log(`chunk ${chunk}: ${took} ms, in order: ${right}`);
    console.log(`  items of each worker: ${each.join(" and ")}`);
  }
}, { workers: 2, min: 2 }));

// Output:
// chunk 1: … ms, in order: true
//   items of each worker: … and …
// chunk 5000: … ms, in order: true
//   items of each worker: 5000 and 5000
// chunk auto: … ms, in order: true
//   items of each worker: … and …
