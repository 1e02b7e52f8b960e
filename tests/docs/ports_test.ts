// Programs of asyncio and Trio, ported line by line with docs/rosetta.md alone.
// What a port needed and the page did not say was added to the page.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  type ChannelBroken,
  type ChannelClosed,
  Event,
  failAfter,
  gather,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
  run,
  type SendChannel,
  sleep,
  type TaskStatus,
} from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import { VirtualClock } from "espalier/testing";

class Refused extends Error {
  readonly _tag = "Refused";
}

/** Stands for the network: a page, after its time, or not. */
function* fetchPage(url: string) {
  yield* sleep(url.length * 100);
  if (url.startsWith("bad")) return yield* Effect.fail(new Refused(url));
  return url.toUpperCase();
}

/** Runs a port on a clock that jumps; hands it a trail to print to. */
function ported(
  name: string,
  body: (print: (line: string) => void) => Effect.Effect<unknown, unknown>,
  printed: string[],
): void {
  Deno.test(`a port: ${name}`, async () => {
    const trail: string[] = [];
    await run(
      body((line) => void trail.push(line)),
      { clock: new VirtualClock({ autojump: true }) },
    );
    assert.deepEqual(trail, printed);
  });
}

// async def worker(name, queue):
//     while True:
//         url = await queue.get()
//         try:
//             async with asyncio.timeout(0.5):
//                 print(name, await fetch(url))
//         except TimeoutError: print(name, "late", url)
//         except Refused: print(name, "refused", url)
//         finally: queue.task_done()
//
// queue = asyncio.Queue()
// for url in urls: queue.put_nowait(url)
// workers = [asyncio.create_task(worker(n, queue)) for n in "ab"]
// await queue.join()
// for w in workers: w.cancel()
ported("asyncio, a queue, its workers and their timeouts", (print) => {
  function* worker(name: string, queue: ReceiveChannel<string>) {
    yield* queue.forEach((url) =>
      failAfter("500 millis", () => fetchPage(url)).pipe(
        Effect.map((page) => print(`${name} ${page}`)),
        Effect.catchTag(
          "DeadlineExceeded",
          () => Effect.sync(() => print(`${name} late ${url}`)),
        ),
        Effect.catchTag(
          "Refused",
          () => Effect.sync(() => print(`${name} refused ${url}`)),
        ),
      )
    );
  }
  return nursery(function* (n: Nursery<ChannelClosed>) {
    const [send, queue] = openMemoryChannel<string>(Infinity);
    for (const url of ["a", "bad", "so-slow", "bb"]) send.trySend(url);
    send.close();
    for (const name of ["w1", "w2"]) n.startSoon(() => worker(name, queue));
    yield* Effect.void;
  });
}, ["w1 A", "w2 refused bad", "w2 BB", "w1 late so-slow"]);

// results = await asyncio.gather(*map(fetch, urls), return_exceptions=True)
// for result in results:
//     print("error" if isinstance(result, Exception) else result)
ported("asyncio, gather with return_exceptions", (print) => {
  const bodies = ["a", "bad", "c"].map((url) =>
    Effect.exit(nursery(() => fetchPage(url)))
  );
  return Effect.map(gather(bodies), (exits) => {
    for (const exit of exits) {
      print(exit._tag === "Success" ? exit.value : "error");
    }
  });
}, ["A", "error", "C"]);

// try:
//     async with asyncio.timeout(1), asyncio.TaskGroup() as group:
//         one = group.create_task(fetch(first))
//         two = group.create_task(fetch(second))
//     print(one.result(), two.result())
// except* Refused: print("refused")
// except TimeoutError: print("late")
ported("asyncio, a TaskGroup under a timeout", (print) => {
  const both = (first: string, second: string) =>
    failAfter(
      "1 second",
      nursery(function* (group: Nursery<Refused>) {
        const one = group.startSoon(() => fetchPage(first));
        const two = group.startSoon(() => fetchPage(second));
        print(`${yield* one} ${yield* two}`);
      }),
    ).pipe(
      Effect.catchTag("Refused", () => Effect.sync(() => print("refused"))),
      Effect.catchTag(
        "DeadlineExceeded",
        () => Effect.sync(() => print("late")),
      ),
    );
  return Effect.gen(function* () {
    yield* both("a", "b");
    yield* both("quite-a-long-one", "bad");
    yield* both("quite-a-long-one", "b");
    print(`after ${now()} ms`);
  });
}, ["A B", "refused", "late", "after 1400 ms"]);

// with ProcessPoolExecutor(2) as pool:
//     loop = asyncio.get_running_loop()
//     print(await loop.run_in_executor(pool, square, 7))
Deno.test("a port: asyncio, run_in_executor", async () => {
  const square = inline((n: number) => n * n);
  const program = cpuScope((pool) => pool.run(square, 7), { workers: 2 });
  assert.equal(await run(program), 49);
});

// async def attempt(i, previous_failed):
//     if previous_failed:
//         with trio.move_on_after(0.25): await previous_failed.wait()
//     failed = trio.Event()
//     if i + 1 < len(targets): n.start_soon(attempt, i + 1, failed)
//     try: winner = await connect(targets[i])
//     except Refused: failed.set()
//     else: n.cancel_scope.cancel()
//
// async with trio.open_nursery() as n: n.start_soon(attempt, 0, None)
// print(winner)
ported("Trio, happy eyeballs", (print) => {
  const targets = ["very-slow-address", "bad", "ok"];
  return Effect.gen(function* () {
    let winner = "nobody";
    yield* nursery(function* (n) {
      n.startSoon(() => attempt(0));
      yield* Effect.void;

      function* attempt(i: number, previousFailed?: Event) {
        if (previousFailed) {
          yield* moveOnAfter("250 millis", previousFailed.wait);
        }
        const failed = new Event();
        if (i + 1 < targets.length) n.startSoon(() => attempt(i + 1, failed));
        const connected = nursery(() => fetchPage(targets[i]!));
        yield* Effect.matchEffect(connected, {
          onFailure: () => Effect.sync(() => failed.set()),
          onSuccess: (it) =>
            Effect.sync(() => {
              winner = it;
              n.cancelScope.cancel();
            }),
        });
      }
    });
    print(`${winner} after ${now()} ms`);
  });
}, ["OK after 700 ms"]);

// async def supervise(service):
//     for attempt in range(3):
//         try:
//             async with trio.open_nursery() as n:
//                 print("listens on", await n.start(service))
//         except Crash: await trio.sleep(2 ** attempt)
//         else: return
ported("Trio, a supervisor with nursery.start", (print) => {
  class Crash extends Error {
    readonly _tag = "Crash";
  }
  let starts = 0;
  function* service(status: TaskStatus<number>) {
    yield* sleep("100 millis");
    status.started(8000 + ++starts);
    yield* sleep("1 second");
    if (starts < 3) yield* Effect.fail(new Crash());
  }
  const once = nursery(function* (n: Nursery<Crash>) {
    const port = yield* Effect.orDie(n.start(service));
    print(`listens on ${port}`);
  });
  return Effect.gen(function* () {
    for (let attempt = 0; attempt < 3; attempt++) {
      const crashed = yield* once.pipe(
        Effect.as(false),
        Effect.catchTag("Crash", () => Effect.succeed(true)),
      );
      if (!crashed) break;
      yield* sleep(2 ** attempt * 1000);
    }
    print(`after ${now()} ms`);
  });
}, ["listens on 8001", "listens on 8002", "listens on 8003", "after 6300 ms"]);

// async def producer(send):
//     async with send:
//         for i in range(2): await send.send(i)
// async def consumer(name, receive):
//     async with receive:
//         async for value in receive: print(name, value)
//
// async with trio.open_nursery() as n:
//     send, receive = trio.open_memory_channel(0)
//     async with send, receive:
//         for _ in range(2): n.start_soon(producer, send.clone())
//         for name in "xy": n.start_soon(consumer, name, receive.clone())
// print("all closed")
ported("Trio, memory channels with clones", (print) => {
  function* producer(handle: SendChannel<number>) {
    using send = handle;
    for (let i = 0; i < 2; i++) yield* send.send(i);
  }
  function* consumer(name: string, handle: ReceiveChannel<number>) {
    using receive = handle;
    yield* receive.forEach((value) =>
      Effect.sync(() => print(`${name} ${value}`))
    );
  }
  return Effect.andThen(
    nursery(function* (n: Nursery<ChannelClosed | ChannelBroken>) {
      const [send, receive] = openMemoryChannel<number>(0);
      using _send = send;
      using _receive = receive;
      for (let i = 0; i < 2; i++) {
        const mine = send.clone();
        n.startSoon(() => producer(mine));
      }
      for (const name of ["x", "y"]) {
        const mine = receive.clone();
        n.startSoon(() => consumer(name, mine));
      }
      yield* Effect.void;
    }),
    Effect.sync(() => print("all closed")),
  );
}, ["x 0", "y 0", "x 1", "y 1", "all closed"]);
