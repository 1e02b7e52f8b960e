// Starts a hundred thousand tasks and sends a value through as many channels.
//
// Watch that it takes a few seconds and some hundred megabytes: a task that
// waits costs about two kilobytes, not a stack, and a channel a little less.
// Try a million with `deno run --v8-flags=--max-old-space-size=6000`.
//
//     deno run examples/71_scale.ts [count]
//
// Limit: 60s

import * as Effect from "effect/Effect";
import {
  checkpoint,
  main,
  nursery,
  openMemoryChannel,
  sleepForever,
} from "espalier";

const count = Number(Deno.args[0] ?? 100_000);

await main(function* () {
  yield* nursery(function* (n) {
    const measured = measure("tasks");
    for (let i = 0; i < count; i++) n.startSoon(sleepForever);
    // A schedule point: by the time it is over all of them have begun to wait.
    yield* checkpoint;
    measured();
    n.cancelScope.cancel("counted");
  });

  const measured = measure("channels");
  const channels = Array.from({ length: count }, (_, index) => {
    const [send, receive] = openMemoryChannel<number>(1);
    send.trySend(index);
    return receive;
  });
  let sum = 0;
  for (const receive of channels) sum += yield* Effect.orDie(receive.receive);
  measured();
  console.log(`the sum is ${sum}`);
});

/** Begins to measure; answers how to end it, which prints. */
function measure(what: string) {
  const start = performance.now();
  const before = Deno.memoryUsage().heapUsed;
  return () => {
    const bytes = (Deno.memoryUsage().heapUsed - before) / count;
    const micros = (performance.now() - start) * 1000 / count;
    console.log(
      `${count} ${what}: ${micros.toFixed(1)} us and ${
        Math.round(bytes)
      } bytes each`,
    );
  };
}

// Output:
// 100000 tasks: … us and … bytes each
// 100000 channels: … us and … bytes each
// the sum is 4999950000
