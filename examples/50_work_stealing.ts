// Shares uneven work among workers, in chunks that find their size by themselves.
//
// One message for each of ten thousand items costs more than the items; one chunk
// for each worker leaves the unlucky one behind. Watch that `"auto"` measures, and
// keeps both workers busy to the end.
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
  yield* cpu.map(work, [1, 1], { chunk: 1 }); // starts both workers
  for (const chunk of [1, 5_000, "auto"] as const) {
    const start = now();
    const results = yield* cpu.map(work, items, { chunk });
    const right = results.every((result, n) => result === n);
    const took = Math.round(now() - start);
    console.log(`chunk ${chunk}: ${took} ms, in order: ${right}`);
  }
}, { workers: 2 }));

// Output:
// chunk 1: … ms, in order: true
// chunk 5000: … ms, in order: true
// chunk auto: … ms, in order: true
