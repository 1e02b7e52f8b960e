// Starts a server and goes on only when it is ready.
//
// `start` waits for the child to say so, and hands over what it says. Watch that
// a server that cannot start fails the call of `start` and nothing else, and
// that the one that did start goes on in the background until the end.
//
//     deno run examples/wait_until_ready.ts
//
// Virtual: 1200ms

import * as Effect from "effect/Effect";
import {
  main,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";

class PortTaken extends Error {
  readonly _tag = "PortTaken";
}

await main(nursery(function* (n: Nursery<PortTaken>) {
  const port = yield* Effect.catchTag(
    n.start(server(80)),
    "PortTaken",
    () => n.start(server(8080)),
  );
  console.log(`talking to port ${port}`);
  yield* sleep("1 second");
  n.cancelScope.cancel("the day is over");
}));

function server(port: number) {
  return function* (status: TaskStatus<number>) {
    yield* sleep("100 millis");
    if (port < 1024) {
      console.log(`port ${port} is taken`);
      return yield* Effect.fail(new PortTaken());
    }
    status.started(port);
    try {
      yield* sleepForever;
    } finally {
      console.log("server has stopped");
    }
  };
}

// Output:
// port 80 is taken
// talking to port 8080
// server has stopped
