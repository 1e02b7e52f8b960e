import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import { checkpoint, Future, nursery, type RunOptions } from "espalier";
import {
  onFuture,
  onReceive,
  onSend,
  onSleep,
  openMemoryChannel,
} from "espalier/channels";
import { type Stage, stopAtEveryStep } from "../../src/testing/_injection.ts";
import { JumpyScheduler } from "../sync/support/jumpy_scheduler.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { diceOf } from "../support/dice.ts";
import { crowd } from "./support/select_crowd.ts";
import { drain, pick, settled, turns } from "./support/turns.ts";

Deno.test("whatever selects and is cancelled, everything sent is received once, and nobody leaves a trace (R14)", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const play = Random.withSeed(crowd(diceOf(seed)), seed);
    await virtualRun(() => play).catch((cause) => {
      throw new Error(`with seed ${seed}`, { cause });
    });
  }
});

virtualTest(
  "a value of a branch whose select Effect interrupts before its body is entered goes back to the front",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    let entered = false;
    yield* nursery(function* () {
      const selecting = yield* Effect.forkChild(
        pick([onReceive(receive, () => Effect.sync(() => entered = true))]),
        { startImmediately: true },
      );
      yield* settled;
      send.trySend(1);
      send.trySend(2);

      selecting.interruptUnsafe();

      assert.deepEqual(drain(receive), [1, 2]);
    });
    assert.equal(entered, false);
  },
);

virtualTest(
  "a value of a branch whose body has been entered is never given back",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    const entered: number[] = [];
    yield* nursery(function* () {
      const selecting = yield* Effect.forkChild(
        pick([
          onReceive(receive, function* (value) {
            entered.push(value);
            yield* checkpoint;
            yield* Effect.never;
          }),
        ]),
        { startImmediately: true },
      );
      yield* settled;
      send.trySend(1);
      yield* settled;

      selecting.interruptUnsafe();

      assert.deepEqual(drain(receive), []);
    });
    assert.deepEqual(entered, [1]);
  },
);

virtualTest(
  "a value that a branch sent and nobody received is taken back when Effect interrupts the select before its body is entered",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    const selecting = yield* Effect.forkChild(
      pick([onSend(send, 1, () => Effect.void)]),
      { startImmediately: true },
    );
    assert.equal(send.statistics().buffered, 1);

    selecting.interruptUnsafe();

    assert.deepEqual(drain(receive), []);
  },
);

const SCHEDULERS: Record<string, RunOptions> = {
  "": {},
  ", on a jumpy scheduler": { scheduler: new JumpyScheduler(8) },
};

for (const [where, options] of Object.entries(SCHEDULERS)) {
  Deno.test(`a select that is stopped at any step lets at most one branch happen, and enters what happened${where} (R13, R14)`, async () => {
    const performances = await virtualRun(
      () => stopAtEveryStep(stoppedSelect),
      options,
    );
    assert.ok(performances > 20);
  });
}

function stoppedSelect(stage: Stage): Effect.Effect<void> {
  const [sendIn, receiveIn] = openMemoryChannel<string>(0);
  const [sendOut, receiveOut] = openMemoryChannel<string>(1);
  const { future, resolver } = Future.make<string>();
  const entered: string[] = [];
  const note = (what: string) => {
    entered.push(what);
    return Effect.void;
  };
  sendOut.trySend("fills the buffer");
  stage.startVictim(Effect.gen(function* () {
    for (let i = 0; i < 2; i++) {
      yield* pick([
        onReceive(receiveIn, note),
        onSend(sendOut, "out", () => note("out")),
        onFuture(future, note),
        onSleep("1 hour", () => note("late")),
      ]);
    }
  }));
  stage.nursery.startSoon(Effect.ignore(sendIn.send("in")));
  const later = Effect.sync(() => {
    receiveOut.tryReceive();
    resolver.succeed("settled");
  });
  stage.nursery.startSoon(Effect.andThen(settled, later));
  const left: string[] = [];
  stage.nursery.startSoon(
    Effect.andThen(
      turns(60),
      Effect.sync(() => left.push(...drain(receiveIn))),
    ),
  );
  return Effect.sync(() => {
    const out = drain(receiveOut).filter((it) => it === "out").length;
    const isIn = entered.filter((it) => it === "in").length;
    const isOut = entered.filter((it) => it === "out").length;
    assert.ok(entered.length <= 2, stage.hit);
    assert.ok(!entered.includes("late"), stage.hit);
    assert.equal(out, isOut, stage.hit);
    assert.equal(isIn + left.length, 1, stage.hit);
    assert.equal(receiveIn.statistics().waitingReceivers, 0, stage.hit);
    assert.equal(sendOut.statistics().waitingSenders, 0, stage.hit);
  });
}
