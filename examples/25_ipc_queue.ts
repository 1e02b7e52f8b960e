// Passes jobs from one worker to another, and the results to the loop.
//
// The queues between the threads hold two items each. Watch that the first worker
// cannot run ahead of the second one, which is not there yet; and that closing a
// queue is all it takes to end whoever reads from it, after the last item.
//
//     deno run examples/25_ipc_queue.ts

import { main, sleep } from "espalier";
import { cpuScope, inline, SharedChannel, SharedCounter } from "espalier/cpu";
import type * as Shared from "espalier/cpu/worker";

const produce = inline(
  (jobs: Shared.SharedChannel<number>, sent: Shared.SharedCounter) => {
    for (let job = 1; job <= 5; job++) {
      jobs.send(job); // blocks this worker while the queue is full
      sent.add(1);
    }
    jobs.close();
  },
);

const square = inline((
  jobs: Shared.SharedChannel<number>,
  results: Shared.SharedChannel<{ job: number; square: number }>,
) => {
  try {
    for (;;) {
      const job = jobs.receive();
      results.send({ job, square: job * job });
    }
  } catch (error) {
    if ((error as Error).name !== "EndOfChannel") throw error;
  } finally {
    results.close();
  }
});

await main(cpuScope(function* (cpu) {
  const jobs = new SharedChannel<number>(2);
  const results = new SharedChannel<{ job: number; square: number }>(2);
  const sent = new SharedCounter();

  const producer = cpu.submit(produce, jobs, sent);
  while (sent.value < 2) yield* sleep(5);
  yield* sleep(50);
  console.log(`nobody receives: ${sent.value} sent, ${producer.status}`);

  const squarer = cpu.submit(square, jobs, results);
  for (let i = 0; i < 5; i++) {
    const { job, square } = yield* results.receive; // waits, and blocks nobody
    console.log(`${job} squared is ${square}`);
  }
  yield* producer;
  yield* squarer;
  console.log(`${sent.value} sent, and both workers are done`);
}, { workers: 2 }));

// Output:
// nobody receives: 2 sent, running
// 1 squared is 1
// 2 squared is 4
// 3 squared is 9
// 4 squared is 16
// 5 squared is 25
// 5 sent, and both workers are done
