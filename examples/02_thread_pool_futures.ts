// Runs five jobs, three at a time, and reads their futures in order.
//
// A pool of three threads becomes a semaphore of three permits: jobs that wait
// cost no thread. Watch that the results come in the order of submission, and
// that five jobs of a second each take two seconds.
//
//     deno run examples/02_thread_pool_futures.ts
//
// Virtual: 2s

import { main, now, nursery, Semaphore, sleep } from "espalier";

await main(nursery(function* (n) {
  const slots = new Semaphore(3);
  const futures = [0, 1, 2, 3, 4].map((id) =>
    n.startSoon(slots.withPermit(() => job(id)), { name: `job-${id}` })
  );
  for (const future of futures) console.log(yield* future);
  console.log(`after ${Math.round(now() / 1000)} s`);
}));

function* job(id: number) {
  yield* sleep("1 second");
  return `Task ${id} completed`;
}

// Output:
// Task 0 completed
// Task 1 completed
// Task 2 completed
// Task 3 completed
// Task 4 completed
// after 2 s
