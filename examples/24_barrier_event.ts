// Meets at a barrier, waits for an event, and counts down.
//
// Watch that nobody begins a lap before all have ended the one before; that
// whoever comes after an event does not wait; that a party which is cancelled is
// named to the others; and that a number and an event count down.
//
//     deno run examples/24_barrier_event.ts
//
// Virtual: 7s

import * as Effect from "effect/Effect";
import { Barrier, type BrokenResource, Event, main } from "espalier";
import { now, type Nursery, nursery, sleep } from "espalier";

const log = (text: string) => console.log(`${now() / 1000} s: ${text}`);

await main(function* () {
  const start = new Event({ name: "start" });
  const lap = new Barrier(3, { name: "lap" });
  yield* nursery(function* (n: Nursery<BrokenResource>) {
    for (const [at, name] of ["hare", "fox", "snail"].entries()) {
      n.startSoon(function* () {
        yield* start.wait;
        for (let round = 1; round <= 2; round++) {
          yield* sleep((at + 1) * 1000);
          if ((yield* lap.wait) === 2) log(`lap ${round}: ${name} was last`);
        }
      });
    }
    start.set();
  });
  yield* start.wait;

  const told = yield* nursery(function* (n) {
    const shy = n.startSoon(Effect.orDie(lap.wait), { name: "shy" });
    const bold = n.startSoon(Effect.orDie(Effect.flip(lap.wait)));
    yield* sleep("1 second");
    shy.cancel();
    return yield* bold;
  });
  log(told.message);

  const landed = new Event({ name: "landed" });
  let left = 3;
  yield* nursery(function* (n) {
    for (let i = 0; i < 3; i++) {
      n.startSoon(Effect.map(sleep(0), () => --left === 0 && landed.set()));
    }
    yield* landed.wait;
    log("all have landed");
  });
});

// Output:
// 3 s: lap 1: snail was last
// 6 s: lap 2: snail was last
// 7 s: Cannot wait for Barrier "lap": it was broken by main/shy
// 7 s: all have landed
