// Takes turns with a lock, and reads together with a readers-writer lock.
//
// Watch that three deposits without a lock leave one, and with a lock three;
// that a lock knows its owner, so that a task which ends without releasing it is
// named to whoever waits; and that readers go in together, but not past a writer
// who came before them.
//
//     deno run examples/21_locks.ts
//
// Virtual: 7s

import * as Effect from "effect/Effect";
import { gather, Lock, main, nursery, RwLock, sleep } from "espalier";

let balance = 0;

function* deposit() {
  const seen = balance;
  yield* sleep("1 second");
  balance = seen + 100;
}

await main(function* () {
  yield* gather([deposit, deposit, deposit]);
  console.log(`without a lock: ${balance}`);

  balance = 0;
  const account = new Lock({ name: "account" });
  const safely = account.withLock(deposit);
  yield* gather([safely, safely, safely]);
  console.log(`with a lock: ${balance}`);

  const told = yield* nursery(function* (n) {
    n.startSoon(account.acquire, { name: "careless" });
    yield* sleep(0);
    return yield* Effect.catchDefect(account.acquire, Effect.succeed);
  });
  console.log(String(told));

  const prices = new RwLock();
  const visit = (who: string) =>
    Effect.andThen(Effect.sync(() => console.log(who)), sleep("1 second"));
  yield* gather([
    prices.withRead(visit("reader 1, first second")),
    prices.withRead(visit("reader 2, first second")),
    prices.withWrite(visit("writer, second second")),
    prices.withRead(visit("reader 3, third second")),
  ]);
});

// Output:
// without a lock: 100
// with a lock: 300
// BrokenResource: Cannot wait for Lock "account": it was broken by main/careless
// ~ reader 1, first second
// ~ reader 2, first second
// writer, second second
// reader 3, third second
