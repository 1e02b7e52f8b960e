// Deadlocks, and is told who waits for whom.
//
// Two workers need the same two locks, and take them in opposite orders. An
// ordinary run waits for ever, or as long as it may; `explore` names each task,
// what it waits for, who holds that, and the circle. Watch that one order for
// both mends it.
//
//     deno run examples/69_deadlock.ts

import * as Effect from "effect/Effect";
import { Lock, moveOnAfter, nursery, run, sleep } from "espalier";
import { Deadlock, explore, VirtualClock } from "espalier/testing";

const transfers = (inOneOrder: boolean) =>
  function* () {
    const orders = new Lock({ name: "orders" });
    const stock = new Lock({ name: "stock" });
    const transfer = (first: Lock, second: Lock) =>
      first.withLock(Effect.andThen(sleep(5), second.withLock(sleep(5))));
    yield* nursery((n) =>
      Effect.sync(() => {
        n.startSoon(transfer(orders, stock), { name: "worker-a" });
        n.startSoon(
          inOneOrder ? transfer(orders, stock) : transfer(stock, orders),
          { name: "worker-b" },
        );
      })
    );
  };

const clock = new VirtualClock({ autojump: true });
const ended = await run(moveOnAfter("1 hour", transfers(false)), { clock });
console.log(`after an hour: ${ended._tag}`);

const { failure } = await explore(transfers(false));
if (failure?.error instanceof Deadlock) {
  console.log(failure.error.message);
  console.log("in a circle:", failure.error.cycle);
}

const { exhausted, interleavings } = await explore(transfers(true));
console.log(`in one order: ${interleavings} interleavings, all: ${exhausted}`);

// Output:
// after an hour: None
// Cannot go on: every task is blocked
// worker-a waits for Lock "stock", held by worker-b; worker-b waits for Lock "orders", held by worker-a
//
// main         waits for the children of nursery "nursery"
// ├─ worker-a  waits for Lock "stock", held by worker-b
// └─ worker-b  waits for Lock "orders", held by worker-a
// in a circle: [ "main/worker-a", "main/worker-b" ]
// in one order: … interleavings, all: true
