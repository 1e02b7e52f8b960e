// Passes work from two producers to three consumers, and stops when it is done.
//
// Watch that nobody waits for a signal that says "no more": each producer closes
// its own handle, and the consumers end after the last job. Watch also that the
// producers stay at most two jobs ahead.
//
//     deno run examples/producers_and_consumers.ts
//
// Virtual: 300ms

import {
  type ChannelBroken,
  type ChannelClosed,
  main,
  now,
  type Nursery,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
  type SendChannel,
  sleep,
} from "espalier";

const done = new Map<string, number>();

await main(nursery(function* (n: Nursery<ChannelClosed | ChannelBroken>) {
  const [send, receive] = openMemoryChannel<string>(2, { name: "jobs" });
  const producers = ["bakery", "florist"].map((name) => {
    const mine = send.clone();
    return n.startSoon(() => produce(mine, name), { name });
  });
  send.close();
  for (const name of ["Ada", "Ben", "Cleo"]) {
    n.startSoon(() => consume(receive, name), { name });
  }
  for (const producer of producers) yield* producer;
  console.log(`${Math.round(now())} ms: everything is handed over`);
}));

const total = [...done.values()].reduce((sum, count) => sum + count, 0);
console.log(`${total} jobs by ${[...done.keys()].sort().join(", ")}`);

function* produce(channel: SendChannel<string>, name: string) {
  using send = channel;
  for (let job = 1; job <= 5; job++) yield* send.send(`${name} ${job}`);
  console.log(`${Math.round(now())} ms: ${name} has handed over everything`);
}

function* consume(jobs: ReceiveChannel<string>, name: string) {
  yield* jobs.forEach(function* () {
    yield* sleep(name === "Ada" ? 50 : 100);
    done.set(name, (done.get(name) ?? 0) + 1);
  });
  const { peak } = jobs.statistics();
  console.log(`${Math.round(now())} ms: ${name} is done, peak ${peak}`);
}

// Output:
// 100 ms: bakery has handed over everything
// 150 ms: florist has handed over everything
// 150 ms: everything is handed over
// 200 ms: Ada is done, peak 2
// 300 ms: Ben is done, peak 2
// 300 ms: Cleo is done, peak 2
// 10 jobs by Ada, Ben, Cleo
