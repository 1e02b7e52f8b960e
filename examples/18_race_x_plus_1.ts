// Loses an update of `x = x + 1` in two ways, and mends it in four.
//
// The statement reads, adds and writes. On the loop another task gets in between
// only where a task gives up its turn, and `explore` finds where; on workers it
// gets in anywhere. Watch that what is mended on the loop is proved right.
//
//     deno run examples/18_race_x_plus_1.ts

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as TxRef from "effect/TxRef";
import { checkpoint, Lock, main, nursery, openMemoryChannel } from "espalier";
import { cpuScope, inline, SharedArray, SharedCounter } from "espalier/cpu";
import type * as Shared from "espalier/cpu/worker";
import { explore } from "espalier/testing";

type X = TxRef.TxRef<number>;

/** `x = x + 1`, with a turn for the others in the middle. */
const increment = Effect.fnUntraced(function* (x: X) {
  const seen = yield* TxRef.get(x);
  yield* checkpoint;
  yield* TxRef.set(x, seen + 1);
});

const versions: Record<string, (x: X) => Array<Effect.Effect<void>>> = {
  "as it stands": (x) => [increment(x), increment(x)],
  "with a lock": (x) => {
    const lock = new Lock();
    return [lock.withLock(increment(x)), lock.withLock(increment(x))];
  },
  "by a channel, whose reader alone writes": (x) => {
    const [send, receive] = openMemoryChannel<X>(0);
    const ask = Effect.orDie(send.send(x));
    const next = Effect.orDie(Effect.flatMap(receive.receive, increment));
    return [ask, ask, Effect.andThen(next, next)];
  },
  "in a transaction of Effect": (x) =>
    [increment(x), increment(x)].map((step) => Effect.tx(step)),
};

for (const [name, version] of Object.entries(versions)) {
  const { failure, exhausted } = await explore(function* () {
    const x = yield* TxRef.make(0);
    yield* nursery((n) =>
      Effect.sync(() => version(x).forEach((step) => n.startSoon(step)))
    );
    const count = yield* TxRef.get(x);
    assert.ok(count === 2, `x is ${count}`);
  });
  const verdict = exhausted
    ? "proved right"
    : (failure?.error as Error).message;
  console.log(`${name}: ${verdict}`);
}

const racing = inline((times: number, x: Shared.SharedArray) => {
  // Each waits for the other, so that they run at the same time.
  for (x.add(1, 1); x.get(1) < 2;);
  for (let i = 0; i < times; i++) x.set(0, x.get(0) + 1);
});
const adding = inline((times: number, x: Shared.SharedCounter) => {
  for (let i = 0; i < times; i++) x.add(1);
});

await main(cpuScope(function* (cpu) {
  let lost = 0;
  for (let round = 0; lost === 0 && round < 100; round++) {
    const x = new SharedArray("int32", 2);
    const racers = [1, 2].map(() => cpu.submit(racing, 300_000, x));
    for (const racer of racers) yield* racer;
    lost = 600_000 - x.get(0);
  }
  console.log(`on workers, updates are lost: ${lost > 0}`);

  const counter = new SharedCounter();
  const adders = [1, 2].map(() => cpu.submit(adding, 300_000, counter));
  for (const adder of adders) yield* adder;
  console.log(`on workers, in one step: ${counter.value}`);
}, { workers: 2, min: 2 }));

// Output:
// as it stands: x is 1
// with a lock: proved right
// by a channel, whose reader alone writes: proved right
// in a transaction of Effect: proved right
// on workers, updates are lost: true
// on workers, in one step: 600000
