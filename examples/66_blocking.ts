// Calls something that blocks, off the loop, and stops it when it takes too long.
//
// A blocking call on the loop stops every task. On a worker it stops nobody, and
// it can be cancelled although it never asks. Watch that the loop ticks on while
// the worker sleeps for a minute, and that the deadline really ends the sleep.
//
//     deno run examples/66_blocking.ts

import * as Effect from "effect/Effect";
import { main, moveOnAfter, nursery, sleep } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const sleepBlocking = inline((ms: number) => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  return Atomics.wait(cell, 0, 0, ms);
});

await main(cpuScope(function* (cpu) {
  console.log(yield* cpu.run(sleepBlocking, 10));

  let ticks = 0;
  yield* nursery(function* (n) {
    n.startSoon(function* () {
      for (;; ticks++) yield* sleep(20);
    });
    const call = cpu.run(sleepBlocking, 60_000);
    const answer = yield* moveOnAfter("400 millis", Effect.orDie(call));
    console.log(`a minute of sleep: ${answer._tag}`);
    n.cancelScope.cancel("that is enough");
  });
  console.log(`the loop ticked on: ${ticks > 5}`);
}, { workers: 1, grace: "100 millis" }));

// Output:
// timed-out
// a minute of sleep: None
// the loop ticked on: true
