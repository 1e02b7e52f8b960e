// Waits for a predicate with a condition: a pantry of three shelves.
//
// Watch that cook and guests wait on two conditions of one lock, one for room
// and one for food; that `waitFor` looks again after every notification; that a
// guest who loses patience takes no notification with her; and that closing time
// is told to everybody.
//
//     deno run examples/23_condition.ts
//
// Virtual: 8s

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { Condition, Lock, main, moveOnAfter, now } from "espalier";
import { nursery, sleep } from "espalier";

const lock = new Lock({ name: "pantry" });
const hasRoom = new Condition(lock, { name: "room" });
const hasFood = new Condition(lock, { name: "food" });
const shelves: string[] = [];
let isClosed = false;

await main(nursery(function* (n) {
  n.startSoon(function* () {
    const eaten = yield* moveOnAfter("0.5 seconds", () => eat("Ada"));
    if (Option.isNone(eaten)) log("Ada leaves hungry");
  });
  n.startSoon(() => eat("Grace"));
  n.startSoon(cook);
  yield* sleep("6 seconds");
  log(`the shelves are full: ${shelves.join(", ")}`);

  const guests = ["Alan", "Barbara", "Edsger", "Frances", "Tony"];
  for (const guest of guests) n.startSoon(() => eat(guest));
  yield* sleep("2 seconds");
  yield* lock.withLock(Effect.sync(() => {
    isClosed = true;
    hasFood.notifyAll();
  }));
}));

function* cook() {
  for (const dish of ["soup", "pie", "rice", "figs", "tea"]) {
    yield* sleep("1 second");
    yield* lock.withLock(function* () {
      yield* hasRoom.waitFor(() => shelves.length < 3);
      shelves.push(dish);
      hasFood.notify();
    });
  }
}

function* eat(guest: string) {
  const dish = yield* lock.withLock(function* () {
    yield* hasFood.waitFor(() => shelves.length > 0 || isClosed);
    hasRoom.notify();
    return shelves.shift();
  });
  log(dish === undefined ? `${guest} is sent home` : `${guest} eats ${dish}`);
}

function log(text: string) {
  console.log(`${now() / 1000} s: ${text}`);
}

// Output:
// 0.5 s: Ada leaves hungry
// 1 s: Grace eats soup
// 6 s: the shelves are full: pie, rice, figs
// 6 s: Alan eats pie
// 6 s: Barbara eats rice
// 6 s: Edsger eats figs
// 6 s: Frances eats tea
// 8 s: Tony is sent home
