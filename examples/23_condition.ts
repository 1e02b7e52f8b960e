// Waits for a predicate with a condition: a pantry of one shelf.
//
// Watch that cook and guests wait on two conditions of one lock, one for room
// and one for food; that `waitFor` looks again after every notification; that a
// guest who loses patience takes no notification with her; and that closing time
// is told to everybody.
//
//     deno run examples/23_condition.ts
//
// Virtual: 4s

import * as Effect from "effect/Effect";
import { Condition, Lock, main, moveOnAfter, nursery, sleep } from "espalier";

const lock = new Lock({ name: "pantry" });
const hasRoom = new Condition(lock, { name: "room" });
const hasFood = new Condition(lock, { name: "food" });
let shelf: string | undefined;
let isClosed = false;

await main(nursery(function* (n) {
  n.startSoon(moveOnAfter("0.5 seconds", () => eat("impatient Ada")));
  for (const guest of ["Alan", "Grace", "Tony"]) n.startSoon(() => eat(guest));
  n.startSoon(cook);
  yield* sleep("4 seconds");
  yield* lock.withLock(Effect.sync(() => {
    isClosed = true;
    hasFood.notifyAll();
  }));
}));

function* cook() {
  yield* sleep("1 second");
  for (const dish of ["soup", "pie"]) {
    yield* lock.withLock(function* () {
      yield* hasRoom.waitFor(() => shelf === undefined);
      shelf = dish;
      hasFood.notify();
    });
    console.log(`${dish} is served`);
  }
}

function* eat(guest: string) {
  yield* lock.withLock(function* () {
    yield* hasFood.waitFor(() => shelf !== undefined || isClosed);
    console.log(shelf ? `${guest} eats ${shelf}` : `${guest} is sent home`);
    shelf = undefined;
    hasRoom.notify();
  });
}

// Output:
// soup is served
// Alan eats soup
// pie is served
// Grace eats pie
// Tony is sent home
