// Builds six patterns out of nurseries, channels and combinators.
//
// Each is a few lines, and none needs a class: watch that every one of them ends
// by itself when its input does, with nothing to join and nothing to shut down.
//
//     deno run examples/75_patterns.ts
//
// Virtual: 165ms

import * as Effect from "effect/Effect";
import {
  type ChannelClosed,
  Future,
  gather,
  main,
  now,
  type Nursery,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
  type Resolver,
  Semaphore,
  type SendChannel,
  sleep,
} from "espalier";

await main(Effect.orDie(Effect.gen(function* () {
  console.log("producer and consumer:", yield* producerAndConsumer());
  console.log("fan-out and fan-in:", yield* fanOutAndIn());
  console.log("pipeline:", yield* pipeline());
  console.log("scatter and gather:", yield* scatterAndGather());
  console.log("actor:", yield* actor());
  console.log("bulkhead:", yield* bulkhead());
})));

/** One makes, one takes; the channel between them holds two at most. */
function producerAndConsumer() {
  return nursery(function* (n: Nursery<ChannelClosed>) {
    const [send, receive] = openMemoryChannel<string>(2);
    const eaten: string[] = [];
    n.startSoon(receive.forEach((dish) => Effect.sync(() => eaten.push(dish))));
    for (const dish of ["soup", "rice", "figs"]) yield* send.send(dish);
    send.close();
    return eaten;
  });
}

/** Three workers share one channel of jobs and one of results. */
function fanOutAndIn() {
  return nursery(function* (n: Nursery<unknown>) {
    const [jobs, toDo] = openMemoryChannel<number>(0);
    const [results, done] = openMemoryChannel<number>(0);
    for (let i = 0; i < 3; i++) n.startSoon(worker(toDo, results.clone()));
    results.close();
    n.startSoon(feed(jobs, [1, 2, 3, 4, 5, 6]));
    const squares: number[] = [];
    yield* done.forEach((square) => Effect.sync(() => squares.push(square)));
    return squares.sort((a, b) => a - b);

    function worker(from: ReceiveChannel<number>, to: SendChannel<number>) {
      return Effect.ensuring(
        from.forEach((job) => Effect.andThen(sleep(10), to.send(job * job))),
        Effect.sync(() => to.close()),
      );
    }
  });
}

/** Each stage is a task; back-pressure goes from the last to the first. */
function pipeline() {
  return nursery(function* (n: Nursery<unknown>) {
    const [words, toTrim] = openMemoryChannel<string>(0);
    const [trimmed, toCount] = openMemoryChannel<string>(0);
    n.startSoon(feed(words, [" elm", "oak ", " ash "]));
    n.startSoon(Effect.ensuring(
      toTrim.forEach((word) => trimmed.send(word.trim())),
      Effect.sync(() => trimmed.close()),
    ));
    const seen: string[] = [];
    yield* toCount.forEach((word) => Effect.sync(() => seen.push(word)));
    return seen;
  });
}

/** One question to many, and one answer out of all of theirs. */
function scatterAndGather() {
  return Effect.map(
    gather({ oslo: quote(30, 9), lima: quote(25, 7), kobe: quote(40, 8) }),
    (quotes) => Object.entries(quotes).sort(([, a], [, b]) => a - b)[0],
  );
}

/** State that belongs to one task, and messages that carry a way to answer. */
function actor() {
  return nursery(function* (n: Nursery<ChannelClosed>) {
    interface Deposit {
      readonly amount: number;
      readonly balance: Resolver<number, never>;
    }
    const [send, receive] = openMemoryChannel<Deposit>(8);
    let balance = 0;
    n.startSoon(
      receive.forEach((message) =>
        Effect.sync(() => message.balance.succeed(balance += message.amount))
      ),
    );
    const deposit = (amount: number) =>
      Effect.suspend(() => {
        const { future, resolver } = Future.make<number>();
        return Effect.andThen(
          Effect.orDie(send.send({ amount, balance: resolver })),
          future,
        );
      });
    const balances = yield* gather([deposit(10), deposit(20), deposit(30)]);
    send.close();
    return balances;
  });
}

/** What is slow gets places of its own, and cannot take those of the others. */
function bulkhead() {
  const reports = new Semaphore(1);
  const pages = new Semaphore(4);
  const serve = (places: Semaphore, count: number, ms: number) =>
    Effect.suspend(() => {
      const begin = now();
      const jobs = Array.from(
        { length: count },
        () => places.withPermit(sleep(ms)),
      );
      return Effect.map(gather(jobs), () => `${now() - begin} ms`);
    });
  return gather({ reports: serve(reports, 3, 35), pages: serve(pages, 8, 10) });
}

function feed<T>(send: SendChannel<T>, items: readonly T[]) {
  return Effect.ensuring(
    Effect.forEach(items, (item) => send.send(item), { discard: true }),
    Effect.sync(() => send.close()),
  );
}

function quote(ms: number, price: number) {
  return Effect.as(sleep(ms), price);
}

// Output:
// producer and consumer: [ "soup", "rice", "figs" ]
// fan-out and fan-in: [ 1, 4, 9, 16, 25, 36 ]
// pipeline: [ "elm", "oak", "ash" ]
// scatter and gather: [ "lima", 7 ]
// actor: [ 10, 30, 60 ]
// bulkhead: { reports: "105 ms", pages: "20 ms" }
