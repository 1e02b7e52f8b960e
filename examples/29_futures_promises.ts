// Takes a result now or later: a future, and its way to and from promises.
//
// Watch that a future is an Effect and not a promise: it has a status, it can be
// asked, waited for and cancelled, its failure is typed, and waiting for it never
// cancels what is behind it.
//
//     deno run examples/29_futures_promises.ts

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { Future, gather, main, moveOnAfter, nursery, sleep } from "espalier";

await main(function* () {
  // A cell that is written once, by hand.
  const { future, resolver } = Future.make<string, "no answer">();
  setTimeout(() => resolver.succeed("from a timer"), 1);
  console.log(`${future.status}, then: ${yield* future}`);
  console.log(`settled twice? ${resolver.fail("no answer")}`);

  // A promise as a future: typed when it rejects, told when it is cancelled.
  const broken = Future.fromPromise(
    () => Promise.reject(new Error("404")),
    { catch: (error) => ({ _tag: "HttpError" as const, error }) },
  );
  console.log(`rejected as ${(yield* Effect.flip(broken))._tag}`);
  const told = Future.fromPromise((signal) => untilAborted(signal));
  told.cancel("not needed");
  console.log(`${(yield* told.outcome)._tag} by ${yield* reasonOf(told)}`);

  // A task of a nursery as a future, and as a promise for who awaits one.
  yield* nursery(function* (n) {
    const sum = n.startSoon(Effect.delay(Effect.succeed(41), "5 millis"));
    const late = yield* moveOnAfter("1 millis", sum);
    console.log(`in time? ${Option.isSome(late)}; still ${sum.status}`);
    const [awaited, plusOne] = yield* gather([
      async () => await sum.promise(),
      Effect.map(sum, (value) => value + 1),
    ]);
    console.log(`awaited ${awaited}, mapped ${plusOne}, ${sum.status}`);
    console.log(`asked: ${Option.isSome(sum.poll())}`);
  });
  yield* sleep(0);
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function reasonOf(future: Future<unknown, unknown>) {
  return Effect.map(
    future.outcome,
    (it) => it._tag === "Cancelled" ? it.cancellation.requestedBy : "nobody",
  );
}

// Output:
// pending, then: from a timer
// settled twice? false
// rejected as HttpError
// Cancelled by main
// in time? false; still running
// awaited 41, mapped 42, succeeded
// asked: true
