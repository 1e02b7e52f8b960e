// Takes the tour of Trio: nursery, scopes, shield, start, channels.
//
// Each stop is a few lines that a reader of Trio will know. Watch what is
// stronger here: results are typed, a cancellation cannot be swallowed, and it
// can tell who asked for it.
//
//     deno run examples/63_trio_tour.ts
//
// Virtual: 3600ms

import * as Effect from "effect/Effect";
import {
  cancelScope,
  main,
  moveOnAfter,
  nursery,
  openMemoryChannel,
  shield,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";

await main(function* () {
  yield* nursery(function* (n) {
    const answer = n.startSoon(Effect.as(sleep("1 second"), 42));
    console.log(`1. a child has a result: ${yield* answer}`);
  });

  const late = yield* moveOnAfter("1 second", sleepForever);
  console.log(`2. move_on_after: ${late._tag}`);

  yield* cancelScope(function* (scope) {
    scope.cancel("seen enough");
    yield* Effect.ensuring(
      sleepForever,
      Effect.sync(() => console.log(`3. ${scope.cancellation?.explain()}`)),
    );
  }, { name: "museum" });

  yield* cancelScope(function* (scope) {
    scope.cancel();
    yield* shield(sleep("500 millis"));
    console.log("4. a shield keeps the cancellation out");
    yield* sleep("1 hour");
  });

  yield* Effect.orDie(nursery(function* (n) {
    const port = yield* n.start(server);
    console.log(`5. the server listens on ${port}`);
    yield* sleep("1 second");
    n.cancelScope.cancel();
  }));

  yield* Effect.orDie(nursery(function* (n) {
    const [send, receive] = openMemoryChannel<string>(0);
    n.startSoon(function* () {
      using _ = send;
      for (const word of ["one", "two"]) yield* Effect.orDie(send.send(word));
    });
    yield* receive.forEach((word) =>
      Effect.sync(() => console.log(`6. received ${word}`))
    );
  }));
});

function* server(status: TaskStatus<number>) {
  yield* sleep("100 millis");
  status.started(8080);
  yield* sleepForever;
}

// Output:
// 1. a child has a result: 42
// 2. move_on_after: None
// 3. scope "museum" was cancelled by "main" at … ms: "seen enough"
// 4. a shield keeps the cancellation out
// 5. the server listens on 8080
// 6. received one
// 6. received two
