// Streams what a generator makes on a worker, and leaves it when it is enough.
//
// Watch that the generator is never far ahead of its reader, and that its
// `finally` runs when the reader leaves.
//
//     deno run examples/stream_from_a_worker.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import * as Effect from "effect/Effect";

const primes = inline(function* () {
  try {
    for (let n = 2;; n++) {
      let divisor = 2;
      while (divisor * divisor <= n && n % divisor !== 0) divisor++;
      if (divisor * divisor > n) yield n;
    }
  } finally {
    console.log("the generator was told to leave");
  }
});

await main(cpuScope(function* (cpu) {
  yield* Effect.scoped(Effect.gen(function* () {
    const stream = yield* cpu.stream(primes);
    let prime = 0;
    for (let place = 1; place <= 1000; place++) prime = yield* stream.receive;
    console.log("the thousandth prime is", prime);
  }));
  console.log("how it ended:", cpu.statistics().stopped.finished, "finished");
}, { grace: "1 second" }));

// Output:
// the thousandth prime is 7919
// the generator was told to leave
// how it ended: 1 finished
