import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  checkpoint,
  type Nursery,
  nursery,
  NurseryClosed,
  run,
} from "espalier";

Deno.test("host code that spawns for ever starves no task, and is refused after the end (C118)", async () => {
  const rounds = { child: 0, body: 0 };
  const { promise: refused, resolve } = Promise.withResolvers<unknown>();
  let mayEnd = false;

  await run(nursery(function* (n: Nursery) {
    // Each child has the host spawn the next one, until the host lets go.
    const spawn = () => {
      rounds.child++;
      n.startSoon(Effect.sync(() => {
        if (!mayEnd) queueMicrotask(spawn);
      }));
    };
    spawn();
    while (rounds.body < 20) {
      yield* checkpoint;
      rounds.body++;
    }
    mayEnd = true;
    setTimeout(() => {
      try {
        n.startSoon(Effect.void);
      } catch (error) {
        resolve(error);
      }
    }, 1);
  }));

  assert(rounds.child >= 19, `the host spawned ${rounds.child} tasks`);
  assert((await refused) instanceof NurseryClosed);
});
