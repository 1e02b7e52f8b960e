import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  CancelScope,
  cancelScope,
  failAfter,
  failAt,
  fromPromise,
  Future,
  main,
  moveOnAfter,
  moveOnAt,
  type Nursery,
  nursery,
  run,
  runExit,
  shield,
} from "espalier";
import { ParkingLot, suspendTask } from "espalier/core";

/** A call that hands over one thing that may be wrong. */
type Call = (value: never) => unknown;

const body = Effect.void;
const rejected = () => Promise.reject(new Error("rejected"));

/** Where each kind of thing is handed over, by what the message calls it. */
const calls: Record<string, Record<string, Call>> = {
  "the options must be an object": {
    "run()": (it) => run(body, it),
    "runExit()": (it) => runExit(body, it),
    "main()": (it) => main(body, it),
    "cancelScope()": (it) => cancelScope(body, it),
    "new CancelScope()": (it) => new CancelScope(it),
    "moveOnAfter()": (it) => moveOnAfter(1, body, it),
    "moveOnAt()": (it) => moveOnAt(1, body, it),
    "failAfter()": (it) => failAfter(1, body, it),
    "failAt()": (it) => failAt(1, body, it),
    "shield()": (it) => shield(body, it),
    "nursery()": (it) => nursery(() => body, it),
    "startSoon()": (it) => spawning((n) => n.startSoon(body, it)),
    "start()": (it) => spawning((n) => n.start(() => body, it)),
    "fromPromise()": (it) => fromPromise(rejected, it),
    "Future.fromPromise()": (it) => Future.fromPromise(rejected, it),
    "new ParkingLot()": (it) => new ParkingLot(it),
  },
  "'name' must be a string": {
    "run()": (name) => run(body, { name }),
    "cancelScope()": (name) => cancelScope(body, { name }),
    "moveOnAfter()": (name) => moveOnAfter(1, body, { name }),
    "failAt()": (name) => failAt(1, body, { name }),
    "nursery()": (name) => nursery(() => body, { name }),
    "startSoon()": (name) => spawning((n) => n.startSoon(body, { name })),
    "start()": (name) => spawning((n) => n.start(() => body, { name })),
    "new ParkingLot()": (name) => new ParkingLot({ name }),
  },
  "must be a boolean": {
    "cancelScope()": (shield) => cancelScope(body, { shield }),
    "moveOnAt()": (shield) => moveOnAt(1, body, { shield }),
    "failAfter()": (shield) => failAfter(1, body, { shield }),
    "scope.shield": (it) => new CancelScope().shield = it,
  },
  "must be a function": {
    "main({ exit })": (exit) => main(body, { exit }),
    "nursery({ onCancelled })": (onCancelled) =>
      nursery(() => body, { onCancelled }),
    "fromPromise({ catch })": (it) => fromPromise(rejected, { catch: it }),
    "Future.fromPromise({ catch })": (it) =>
      Future.fromPromise(rejected, { catch: it }),
  },
  "it takes a function": {
    "fromPromise()": (it) => fromPromise(it),
    "Future.fromPromise()": (it) => Future.fromPromise(it),
    "suspendTask()": (it) => suspendTask(it),
  },
  "it takes a task": {
    "lot.addBreaker()": (it) => new ParkingLot().addBreaker(it),
    "lot.breakLot()": (it) => new ParkingLot().breakLot(it),
  },
  "it takes a ParkingLot": {
    "lot.repark()": (it) => new ParkingLot().repark(it),
  },
  "must be": {
    "run({ signal })": (signal) => run(body, { signal }),
    "run({ clock })": (clock) => run(body, { clock }),
    "run({ scheduler })": (scheduler) => run(body, { scheduler }),
    "run({ instruments })": (it) => run(body, { instruments: it }),
    "run({ instruments: [it] })": (it) => run(body, { instruments: [it] }),
    "run({ capture })": (capture) => run(body, { capture }),
    "runExit({ clock })": (clock) => runExit(body, { clock }),
    "main({ clock })": (clock) => main(body, { clock }),
    "nursery({ onChildFailure })": (onChildFailure) =>
      nursery(() => body, { onChildFailure }),
    "fromPromise({ onCancel })": (onCancel) =>
      fromPromise(rejected, { onCancel }),
    "Future.fromPromise({ onCancel })": (onCancel) =>
      Future.fromPromise(rejected, { onCancel }),
  },
};

/** What none of these may be. */
const WRONG: readonly unknown[] = [null, NaN, -1, "wrong", Symbol("wrong")];

for (const [what, callsOfKind] of Object.entries(calls)) {
  for (const [name, call] of Object.entries(callsOfKind)) {
    Deno.test(`${name} says that ${what}`, async () => {
      const wrong = what.endsWith("string")
        ? WRONG.filter((it) => typeof it !== "string")
        : WRONG;
      for (const value of wrong) {
        const told = await refusalOf(call, value);
        assert(told instanceof TypeError, `${String(value)}: ${told}`);
        assert.match(told.message, /^Cannot [a-z]/);
        assert(told.message.includes(what), told.message);
      }
    });
  }
}

/** What a plain call threw, a promise was rejected with, or a run. */
async function refusalOf(call: Call, value: unknown): Promise<unknown> {
  try {
    await call(value as never);
  } catch (thrown) {
    return thrown;
  }
  return "nothing";
}

function spawning(spawn: (n: Nursery) => unknown): Promise<void> {
  return run(nursery(function* (n) {
    spawn(n);
    yield* Effect.void;
  }));
}

Deno.test("an option that is undefined is one that was not given", async () => {
  const nothing = undefined as never;
  await run(body, {
    name: nothing,
    signal: nothing,
    clock: nothing,
    scheduler: nothing,
    instruments: nothing,
    capture: nothing,
    slowCleanup: nothing,
  });
  await run(cancelScope(body, {
    name: nothing,
    shield: nothing,
    timeout: nothing,
    deadline: nothing,
  }));
  await run(moveOnAfter(1, body, { name: nothing, shield: nothing }));
  await run(nursery(() => body, {
    name: nothing,
    onChildFailure: nothing,
    onCancelled: nothing,
  }));
  await spawning((n) => n.startSoon(body, { name: nothing }));
});

for (const wrong of [NaN, -1, "soon", null, Symbol("soon")]) {
  Deno.test(`no length of time is ${String(wrong)}`, () => {
    const timeout = wrong as never;
    const refused = { name: "RangeError", message: /^Cannot [a-z]/ };
    assert.throws(() => run(body, { slowCleanup: timeout }), refused);
    assert.throws(() => cancelScope(body, { timeout }), refused);
    assert.throws(() => moveOnAfter(timeout, body), refused);
    assert.throws(() => failAfter(timeout, body), refused);
    assert.throws(() => shield(body, { within: timeout }), refused);
  });
}

for (const wrong of [NaN, "soon", null, {}, Symbol("soon")]) {
  Deno.test(`no deadline is ${typeof wrong} ${String(wrong)}`, () => {
    const deadline = wrong as never;
    const refused = { name: "RangeError", message: /^Cannot [a-z]/ };
    assert.throws(() => cancelScope(body, { deadline }), refused);
    assert.throws(() => new CancelScope().deadline = deadline, refused);
    assert.throws(() => moveOnAt(deadline, body), refused);
    assert.throws(() => failAt(deadline, body), refused);
  });
}
