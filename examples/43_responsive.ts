// Keeps the loop responsive while something heavy is computed.
//
// The same sum is computed on the loop and then on a worker, while a ticker wants
// to tick every 10 ms, as the frame of a screen or the answer to a client would.
// Watch how late its latest tick is.
//
//     deno run examples/43_responsive.ts

import { main, now, nursery, sleep } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

/** Computes for a while; stands on its own, so that it can go to a worker. */
function heavy(ms: number) {
  let sum = 0;
  for (const end = performance.now() + ms; performance.now() < end;) sum++;
  return sum > 0;
}

const away = inline(heavy);

await main(cpuScope(function* (cpu) {
  yield* cpu.run(away, 1); // starts the worker
  for (const where of ["loop", "worker"]) {
    yield* nursery(function* (n) {
      const lag = { worst: 0 };
      n.startSoon(() => tick(lag));
      yield* sleep(30);
      if (where === "loop") heavy(300);
      else yield* cpu.run(away, 300);
      yield* sleep(30);
      n.cancelScope.cancel("measured");
      const late = lag.worst > 150 ? "more" : "less";
      console.log(`on the ${where}: late by ${late} than 150 ms`);
    });
  }
}, { workers: 1 }));

function* tick(lag: { worst: number }) {
  for (;;) {
    const due = now() + 10;
    yield* sleep(10);
    lag.worst = Math.max(lag.worst, now() - due);
  }
}

// Output:
// on the loop: late by more than 150 ms
// on the worker: late by less than 150 ms
