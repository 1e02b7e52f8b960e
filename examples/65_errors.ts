// Handles errors of four kinds: typed, retried, late, and several at once.
//
// Watch that what can go wrong stands in the types, so that what was handled is
// gone from them; and that a cleanup that fails hides nothing.
//
//     deno run examples/65_errors.ts
//
// Virtual: 1600ms

import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { failAfter, main, type Nursery, nursery, sleep } from "espalier";
import { type DeadlineExceeded, ErrorGroup, runExit } from "espalier";

class Busy extends Error {
  readonly _tag = "Busy";
}
class NoRoute extends Error {
  readonly _tag = "NoRoute";
}

let calls = 0;
const call = (host: string) =>
  Effect.suspend((): Effect.Effect<string, Busy | NoRoute> => {
    if (host === "nowhere") return Effect.fail(new NoRoute());
    return ++calls < 4 ? Effect.fail(new Busy()) : Effect.succeed("hello");
  });

const patient = Effect.retry(call("shop"), {
  schedule: Schedule.spaced("200 millis"),
  while: (error) => error._tag === "Busy",
});
const late: Effect.Effect<void, DeadlineExceeded> = failAfter(
  "1 second",
  sleep("1 hour"),
  { name: "download" },
);
const both = nursery(function* (n: Nursery<NoRoute>) {
  const failing = Effect.ensuring(
    sleep("1 hour"),
    Effect.die(new Error("the disk is full")),
  );
  n.startSoon(failing, { name: "writer" });
  yield* sleep(0);
  yield* Effect.fail(new NoRoute("no way out"));
});

await main(function* () {
  const away = Effect.catchTag(
    call("nowhere"),
    "NoRoute",
    () => Effect.succeed("stay at home"),
  );
  console.log(`typed: ${yield* Effect.orDie(away)}`);
  console.log(`retried: ${yield* Effect.orDie(patient)} in call ${calls}`);
  console.log(`late: ${(yield* Effect.flip(late)).message}`);
});

const exit = await runExit(both);
if (exit._tag === "Failure") {
  const group = new ErrorGroup(exit.cause);
  group.errors.forEach((error, at) => {
    console.log(`several: ${group.paths[at]}: ${error.message}`);
  });
}

// Output:
// typed: stay at home
// retried: hello in call 4
// late: Cannot finish "download" within 1000 ms
// several: main: no way out
// several: main/writer: the disk is full
