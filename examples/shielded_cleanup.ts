// Gives cleanup the time it needs, but not for ever.
//
// A connection is closed politely when its work is cut short: one server
// answers the farewell in time, the other one never does. Watch that both
// programs go on, the second after exactly the budget of its shield.
//
//     deno run examples/shielded_cleanup.ts
//
// Virtual: 4500ms

import * as Effect from "effect/Effect";
import { main, moveOnAfter, now, shield, sleep, sleepForever } from "espalier";

await main(function* () {
  yield* moveOnAfter("1 second", connection("quick", sleep("500 millis")));
  console.log(`went on at ${now()} ms`);

  yield* moveOnAfter("1 second", connection("stuck", sleepForever));
  console.log(`went on at ${now()} ms`);
});

function connection(name: string, farewell: Effect.Effect<void>) {
  const close = shield(farewell, { within: "2 seconds" }).pipe(
    Effect.matchEffect({
      onSuccess: () => log(`${name}: closed politely`),
      onFailure: () => log(`${name}: hung up`),
    }),
  );
  return Effect.ensuring(sleepForever, close);
}

function log(line: string) {
  return Effect.sync(() => console.log(line));
}

// Output:
// quick: closed politely
// went on at 1500 ms
// stuck: hung up
// went on at 4500 ms
