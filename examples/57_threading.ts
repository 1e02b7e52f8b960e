// Says in Espalier what a program says with Python's threading.
//
// Thread, join, Lock, Event, Timer, Condition, Barrier, local, current_thread: a
// line or two each. Watch that every `yield*` is a place where the loop may take
// turns, and that between two of them nobody else runs: often no lock is needed.
//
//     deno run examples/57_threading.ts
//
// Virtual: 2s

import * as Effect from "effect/Effect";
import {
  Barrier,
  Condition,
  currentTask,
  Event,
  Lock,
  main,
  nursery,
  sleep,
  TaskLocal,
} from "espalier";

const user = new TaskLocal({ initial: () => "nobody" });

await main(function* () {
  let total = 0;
  const lock = new Lock();
  // threads = [Thread(target=add) …]; start(); join()
  yield* nursery(function* (n) {
    for (let i = 0; i < 3; i++) {
      // with lock: total += 1
      n.startSoon(lock.withLock(function* () {
        const seen = total;
        yield* sleep("100 millis");
        total = seen + 1;
      }));
    }
    yield* Effect.void;
  });
  console.log(`Lock: ${total}`);

  yield* nursery(function* (n) {
    // Timer(1.7, event.set).start()
    const event = new Event();
    n.startSoon(
      Effect.andThen(sleep("1700 millis"), Effect.sync(() => event.set())),
    );
    yield* event.wait;
    console.log("Event and Timer: rang");

    // with condition: condition.wait_for(lambda: basket)
    const condition = new Condition();
    const basket: string[] = [];
    n.startSoon(condition.lock.withLock(() =>
      Effect.sync(() => {
        basket.push("apple");
        condition.notify();
      })
    ));
    yield* condition.lock.withLock(condition.waitFor(() => basket.length > 0));
    console.log(`Condition: ${basket}`);

    // barrier = Barrier(2); barrier.wait()
    const barrier = new Barrier(2);
    n.startSoon(Effect.orDie(barrier.wait), { name: "other" });
    console.log(`Barrier: number ${yield* Effect.orDie(barrier.wait)}`);

    // local(); current_thread().name
    yield* user.provide(
      "anna",
      () => Effect.sync(() => console.log(`local: ${user.get()}`)),
    );
    console.log(`current_thread: ${currentTask().name}`);
  });
});

// Output:
// Lock: 3
// Event and Timer: rang
// Condition: apple
// Barrier: number 0
// local: anna
// current_thread: main
