// Measures what it costs to do something elsewhere: a task, a worker, a process.
//
// The prices are the platform's, in units of one task that is started, waits once
// and is joined. Watch the distances: a message to a worker costs some tasks, a
// worker some thousands, a process twice that; and a buffer is moved for far less
// than it is copied. What follows from them: docs/choosing.md.
//
//     deno run --allow-read --allow-run examples/45_costs.ts

import * as Effect from "effect/Effect";
import { checkpoint, fromPromise, main, nursery } from "espalier";

const echo = URL.createObjectURL(
  new Blob(["onmessage = (e) => postMessage(0)"], {
    type: "text/javascript",
  }),
);

class Echo {
  readonly #worker = new Worker(echo, { type: "module" });

  ask(value: unknown, move = false): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.onmessage = () => resolve();
      this.#worker.postMessage(value, move ? [value as ArrayBuffer] : []);
    });
  }

  [Symbol.dispose]() {
    this.#worker.terminate();
  }
}

await main(function* () {
  const tasks = 1000;
  const unit = (yield* median(50, () => startAndJoin(tasks))) / tasks;
  const show = (what: string, ms: number) =>
    console.log(`${what.padEnd(28)} ${Math.round(ms / unit)} tasks`);
  console.log(`one task: ${(unit * 1000).toFixed(1)} us`);

  using worker = new Echo();
  yield* fromPromise(() => worker.ask(0));
  const ask = (make: () => unknown, move = false) => {
    const values = Array.from({ length: 30 }, make);
    return median(30, () => fromPromise(() => worker.ask(values.pop(), move)));
  };
  show("a message there and back", yield* ask(() => 0));
  show("a message of 1 MB, copied", yield* ask(() => new ArrayBuffer(1 << 20)));
  show(
    "a message of 1 MB, moved",
    yield* ask(() => new ArrayBuffer(1 << 20), true),
  );
  show("a worker, to its answer", yield* median(5, newWorker));
  show("a process, to its end", yield* median(5, newProcess));
});

function startAndJoin(count: number) {
  return nursery((n) => {
    for (let i = 0; i < count; i++) n.startSoon(checkpoint);
    return Effect.void;
  });
}

function newWorker() {
  return fromPromise(async () => {
    using worker = new Echo();
    await worker.ask(0);
  });
}

function newProcess() {
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] });
  return fromPromise(() => command.output());
}

/** Runs a body so often, one after the other; the middle of the times, in ms. */
function* median(rounds: number, body: () => Effect.Effect<unknown>) {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    yield* body();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

// Output:
// one task: … us
// a message there and back     … tasks
// a message of 1 MB, copied    … tasks
// a message of 1 MB, moved     … tasks
// a worker, to its answer      … tasks
// a process, to its end        … tasks
