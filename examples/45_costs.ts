// Measures what it costs to do something elsewhere: a task, a worker, a process.
//
// The unit is one task that is started, waits once and is joined. Watch the
// distances: a call to a worker costs some tens of tasks, a worker or a process
// ten thousands; and a buffer is moved or shared for far less than it is copied.
// What follows from them: docs/choosing.md.
//
//     deno run --allow-read --allow-run examples/45_costs.ts

import * as Effect from "effect/Effect";
import { checkpoint, fromPromise, main, nursery } from "espalier";
import { cpuScope, inline, move, type Sendable } from "espalier/cpu";

const nothing = inline(() => {});
const take = inline((_: ArrayBufferLike) => {});

await main(function* () {
  const tasks = 1000;
  const unit = (yield* shortest(100, () => startAndJoin(tasks))) / tasks;
  console.log(`one task: ${(unit * 1000).toFixed(1)} us`);
  const show = function* (what: string, work: () => Effect.Effect<unknown>) {
    const ms = yield* shortest(9, work);
    console.log(`${what.padEnd(24)} ${Math.round(ms / unit)} tasks`);
    return ms;
  };

  yield* cpuScope(function* (cpu) {
    const call = (argument: Sendable<ArrayBufferLike>) =>
      Effect.orDie(cpu.run(take, argument));
    yield* show("a call to a worker", () => Effect.orDie(cpu.run(nothing)));
    const buffer = new ArrayBuffer(1 << 24);
    const copied = yield* show("with 16 MB, copied", () => call(buffer));
    const moved = yield* show(
      "with 16 MB, moved",
      () => call(move<ArrayBufferLike>(new ArrayBuffer(1 << 24))),
    );
    const cells = new SharedArrayBuffer(1 << 24);
    const shared = yield* show("with 16 MB, shared", () => call(cells));
    const cheaper = Math.max(moved, shared) < copied;
    console.log(`moved and shared for less than copied: ${cheaper}`);
  }, { workers: 1, min: 1 });

  yield* show(
    "a worker, to its answer",
    () => Effect.orDie(cpuScope((cpu) => cpu.run(nothing), { workers: 1 })),
  );
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] });
  yield* show(
    "a process, to its end",
    () => fromPromise(() => command.output()),
  );
});

function startAndJoin(count: number) {
  return nursery((n) => {
    for (let i = 0; i < count; i++) n.startSoon(checkpoint);
    return Effect.void;
  });
}

/**
 * Runs a body so often, one after the other, and answers the shortest time in ms:
 * the one that was disturbed least by whatever else the machine does.
 */
function* shortest(rounds: number, body: () => Effect.Effect<unknown>) {
  let shortest = Infinity;
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    yield* body();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

// Output:
// one task: … us
// a call to a worker       … tasks
// with 16 MB, copied       … tasks
// with 16 MB, moved        … tasks
// with 16 MB, shared       … tasks
// moved and shared for less than copied: true
// a worker, to its answer  … tasks
// a process, to its end    … tasks
