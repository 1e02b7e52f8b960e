// Serves requests over HTTP, each as a task; a client that leaves cancels its own.
//
// Watch that the slow request is cancelled, and cleans up, when its client hangs
// up; and that the server drains: it stops accepting, and ends after the last
// answer. `main` would do the same on Ctrl-C, by cancelling the answers. (Deno
// prints a line about `request.signal`, which it may abort once too often.)
//
//     deno run --allow-net=127.0.0.1 examples/37_web_server.ts

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  Event,
  fromAbortSignal,
  fromPromise,
  main,
  moveOnAfter,
  nursery,
  sleep,
  type TaskStatus,
} from "espalier";

const gone = new Event();

await main(Effect.orDie(nursery(function* (n) {
  const server = yield* n.start(serve);
  const get = (path: string) =>
    fromPromise(async (signal) => {
      const { port } = server.addr;
      const url = `http://127.0.0.1:${port}${path}`;
      return await (await fetch(url, { signal })).text();
    });

  console.log(yield* get("/quick"));
  yield* moveOnAfter("100 millis", get("/slow"));
  yield* gone.wait;
  yield* fromPromise(() => server.shutdown());
  console.log("the server has stopped");
})));

/** Serves until it is shut down; it is ready when it knows its port. */
function serve(status: TaskStatus<Deno.HttpServer<Deno.NetAddr>>) {
  return nursery(function* (requests) {
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, (request) =>
      requests.startSoon(
        Effect.map(
          fromAbortSignal(request.signal, () => respond(request)),
          Option.getOrElse(() => new Response(null, { status: 499 })),
        ),
      ).promise());
    status.started(server);
    try {
      yield* fromPromise(() => server.finished);
    } finally {
      yield* fromPromise(() => server.shutdown());
    }
  });
}

function* respond(request: Request) {
  const { pathname } = new URL(request.url);
  let answered = false;
  try {
    if (pathname === "/slow") yield* sleep("1 hour");
    answered = true;
    return new Response(`hello from ${pathname}`);
  } finally {
    if (!answered) {
      console.log(`${pathname} was cancelled`);
      gone.set();
    }
  }
}

// Output:
// hello from /quick
// /slow was cancelled
// the server has stopped
