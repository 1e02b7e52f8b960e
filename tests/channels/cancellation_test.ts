import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  moveOnAfter,
  nursery,
  type RunOptions,
  sleep,
} from "espalier";
import { openMemoryChannel } from "espalier/channels";
import { type Stage, stopAtEveryStep } from "../../src/testing/_injection.ts";
import { JumpyScheduler } from "../sync/support/jumpy_scheduler.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, take, turns } from "./support/turns.ts";

virtualTest(
  "a cancelled send has not sent and a cancelled receive has not taken (R14, R58)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(send, "never"));
      yield* settled;
      sending.cancel();
      yield* settled;
      assert.equal(receive.statistics().waitingSenders, 0);
      assert.deepEqual(drain(receive), []);

      const receiving = n.startSoon(take(receive));
      yield* settled;
      receiving.cancel();
      yield* settled;
      assert.equal(send.statistics().waitingReceivers, 0);
      yield* Effect.all([put(send, "for the next"), take(receive)], {
        concurrency: 2,
      });
    });
  },
);

virtualTest(
  "a receiver that was handed a value and is cancelled in the same step has it, and meets the cancellation in its next wait (R13)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    let taken: string | undefined;
    let wentOn = false;
    yield* nursery(function* (n) {
      const receiver = n.startSoon(function* () {
        taken = yield* take(receive);
        yield* checkpoint;
        wentOn = true;
      });
      yield* settled;

      send.trySend("handed over");
      receiver.cancel();

      assert.equal((yield* receiver.outcome)._tag, "Cancelled");
    });
    assert.equal(taken, "handed over");
    assert.equal(wentOn, false);
    assert.equal(send.statistics().buffered, 0);
  },
);

virtualTest(
  "a receiver that is cancelled and then offered a value leaves it to the next (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const first = n.startSoon(take(receive));
      const second = n.startSoon(take(receive));
      yield* settled;

      first.cancel();
      send.trySend("for the second");

      assert.equal((yield* first.outcome)._tag, "Cancelled");
      assert.equal(yield* second, "for the second");
    });
  },
);

virtualTest(
  "a sender that was let in and is cancelled in the same step has sent (R13)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("a");
    let hasSent = false;
    yield* nursery(function* (n) {
      const sender = n.startSoon(function* () {
        yield* put(send, "b");
        hasSent = true;
        yield* checkpoint;
      });
      yield* settled;

      receive.tryReceive();
      sender.cancel();

      assert.equal((yield* sender.outcome)._tag, "Cancelled");
    });
    assert.ok(hasSent);
    assert.deepEqual(drain(receive), ["b"]);
  },
);

for (const sendsFirst of [true, false]) {
  for (const timeout of ["moveOnAfter", "Effect.timeout"] as const) {
    virtualTest(
      `a value that comes at the moment of the ${timeout} is taken or still there${
        sendsFirst ? "" : ", the other way round"
      } (anyio 589)`,
      function* () {
        const [send, receive] = openMemoryChannel<string>(1);
        const received = timeout === "moveOnAfter"
          ? moveOnAfter(5, take(receive))
          : Effect.option(Effect.timeout(take(receive), 5));
        const sent = Effect.andThen(
          sleep(5),
          Effect.sync(() => send.trySend("just in time")),
        );
        const got = yield* nursery((n) => {
          if (sendsFirst) n.startSoon(sent);
          const taking = n.startSoon(received);
          if (!sendsFirst) n.startSoon(sent);
          return taking;
        });
        const there = drain(receive);
        assert.deepEqual(
          [...Option.toArray(got), ...there],
          ["just in time"],
          `taken: ${Option.isSome(got)}, there: ${there.length}`,
        );
      },
    );
  }
}

virtualTest(
  "a value handed to a receiver that Effect interrupts goes back to the front",
  function* () {
    const [send, receive] = openMemoryChannel<number>(3);
    yield* nursery(function* () {
      const first = yield* Effect.forkChild(take(receive), {
        startImmediately: true,
      });
      const second = yield* Effect.forkChild(take(receive), {
        startImmediately: true,
      });
      yield* settled;
      for (const value of [1, 2, 3]) send.trySend(value);

      first.interruptUnsafe();
      second.interruptUnsafe();

      yield* Fiber.await(first);
      assert.deepEqual(drain(receive), [1, 2, 3]);
    });
  },
);

virtualTest(
  "a value handed to a receiver that Effect interrupts goes to the next one that waits",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const first = yield* Effect.forkChild(take(receive), {
        startImmediately: true,
      });
      const second = n.startSoon(take(receive));
      yield* settled;
      send.trySend("passed on");

      first.interruptUnsafe();

      assert.equal(yield* second, "passed on");
    });
  },
);

virtualTest(
  "a receive that found a value, and that Effect interrupts before its turn, gives it back",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    send.trySend(1);
    send.trySend(2);
    const taking = yield* Effect.forkChild(take(receive), {
      startImmediately: true,
    });
    assert.equal(send.statistics().buffered, 1);

    taking.interruptUnsafe();

    assert.deepEqual(drain(receive), [1, 2]);
    assert.equal(receive.statistics().peak, 2);
  },
);

virtualTest(
  "a send that Effect interrupts before its turn is taken back while nobody has received it (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    yield* nursery(function* (n) {
      const sending = yield* Effect.forkChild(put(send, "taken back"), {
        startImmediately: true,
      });
      const next = n.startSoon(put(send, "next"));
      yield* Effect.sync(() => assert.equal(send.statistics().buffered, 1));

      sending.interruptUnsafe();

      assert.equal(send.statistics().buffered, 0);
      yield* next;
      assert.deepEqual(drain(receive), ["next"]);
    });
  },
);

virtualTest(
  "a send that Effect interrupts makes room for the sender behind it",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    yield* nursery(function* (n) {
      send.trySend("a");
      const first = yield* Effect.forkChild(put(send, "taken back"), {
        startImmediately: true,
      });
      const second = n.startSoon(put(send, "b"));
      yield* settled;
      assert.equal(send.statistics().waitingSenders, 2);
      receive.tryReceive();

      first.interruptUnsafe();

      assert.equal(send.statistics().waitingSenders, 0);
      yield* second;
      assert.deepEqual(drain(receive), ["b"]);
    });
  },
);

virtualTest(
  "a value that comes back after the last receive handle was closed is discarded (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    const taking = yield* Effect.forkChild(take(receive), {
      startImmediately: true,
    });
    yield* settled;
    send.trySend("nobody wants it");
    receive.close();

    taking.interruptUnsafe();

    assert.equal(receive.statistics().buffered, 0);
    assert.equal(
      yield* Effect.flip(send.send("x")).pipe(
        Effect.map(({ _tag }) => _tag),
      ),
      "ChannelBroken",
    );
  },
);

/** In order, and with turns that are taken away at awkward moments. */
const SCHEDULERS: Record<string, () => RunOptions> = {
  "": () => ({}),
  ...Object.fromEntries([1, 2].map((seed) => [
    `, on jumpy scheduler ${seed}`,
    () => ({ scheduler: new JumpyScheduler(seed) }),
  ])),
};

for (const [where, options] of Object.entries(SCHEDULERS)) {
  for (const capacity of [0, 1, 3]) {
    Deno.test(`a consumer that is stopped at any step loses and doubles nothing, at capacity ${capacity}${where} (R13, R14)`, async () => {
      const performances = await virtualRun(
        () => stopAtEveryStep((stage) => stoppedConsumer(stage, capacity)),
        options(),
      );
      assert.ok(performances > 20);
    });

    Deno.test(`a producer that is stopped at any step has sent what it went past, and nothing else, at capacity ${capacity}${where} (R13, R14)`, async () => {
      const performances = await virtualRun(
        () =>
          stopAtEveryStep((stage) =>
            stoppedProducer(stage, capacity, where !== "")
          ),
        options(),
      );
      assert.ok(performances > 20);
    });
  }
}

virtualTest(
  "cancelling in the middle of forEach() leaves what was not given to the body",
  function* () {
    const [send, receive] = openMemoryChannel<number>(5);
    for (const value of [1, 2, 3, 4, 5]) send.trySend(value);
    const given: number[] = [];

    yield* cancelScope((scope) =>
      Effect.orDie(receive.forEach((value) =>
        Effect.sync(() => {
          given.push(value);
          if (value === 3) scope.cancel();
        })
      ))
    );

    assert.deepEqual(given, [1, 2, 3]);
    assert.deepEqual(drain(receive), [4, 5]);
  },
);

function stoppedConsumer(stage: Stage, capacity: number): Effect.Effect<void> {
  const [send, receive] = openMemoryChannel<number>(capacity);
  const received: number[] = [];
  const victim = Effect.gen(function* () {
    for (let i = 0; i < 3; i++) received.push(yield* receive.receive);
  });
  stage.startVictim(Effect.ignore(victim));
  stage.nursery.startSoon(function* () {
    for (let i = 0; i < 3; i++) yield* put(send, i);
    send.close();
  });
  const others = receive.forEach((value) =>
    Effect.sync(() => received.push(value))
  );
  stage.nursery.startSoon(Effect.andThen(turns(2), Effect.orDie(others)));
  return Effect.sync(() => {
    received.push(...drain(receive));
    assert.deepEqual(received.toSorted(), [0, 1, 2], stage.hit);
    assert.equal(receive.statistics().waitingReceivers, 0, stage.hit);
  });
}

function stoppedProducer(
  stage: Stage,
  capacity: number,
  isJumpy: boolean,
): Effect.Effect<void> {
  const [send, receive] = openMemoryChannel<number>(capacity);
  const sent: number[] = [];
  const received: number[] = [];
  const mine = send.clone();
  const victim = Effect.gen(function* () {
    for (let i = 0; i < 3; i++) {
      yield* put(mine, i);
      sent.push(i);
    }
  });
  stage.startVictim(victim);
  // Not by the victim itself: a scheduler that takes turns away may not even let
  // it come to its first operation.
  stage.nursery.startSoon(
    Effect.andThen(turns(60), Effect.sync(() => mine.close())),
  );
  stage.nursery.startSoon(function* () {
    for (let i = 10; i < 13; i++) yield* put(send, i);
    send.close();
  });
  const consumer = receive.forEach((value) =>
    Effect.as(turns(1), void received.push(value))
  );
  stage.nursery.startSoon(Effect.orDie(consumer));
  return Effect.sync(() => {
    const others = received.filter((value) => value >= 10);
    const own = received.filter((value) => value < 10);
    assert.deepEqual(others, [10, 11, 12], stage.hit);
    // Only Effect can interrupt a send in the turn in which it was received, or
    // a scheduler that takes the turn away from whoever was about to note it.
    const isOurs = /scope|future/.test(stage.hit) && !isJumpy;
    const surplus = own.length - sent.length;
    assert.ok(surplus === 0 || (surplus === 1 && !isOurs), stage.hit);
    assert.deepEqual(own.slice(0, sent.length), sent, stage.hit);
  });
}
