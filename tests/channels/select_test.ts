import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  cancelScope,
  checkpoint,
  Future,
  moveOnAfter,
  now,
  nursery,
  sleep,
  TaskCancelled,
} from "espalier";
import {
  onFuture,
  onReceive,
  onSend,
  onSleep,
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  openWatch,
  type ReceiveChannel,
  select,
} from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, pick, put, settled, tag, take } from "./support/turns.ts";

const say = (what: string) => () => Effect.succeed(what);

virtualTest("select() takes from the branch that is ready", function* () {
  const [send, receive] = openMemoryChannel<string>(1);
  const [, other] = openMemoryChannel<string>(1);
  send.trySend("here");

  const chosen = yield* select([
    onReceive(other, say("other")),
    onReceive(receive, (value) => Effect.succeed(`got ${value}`)),
    onSleep(10, say("late")),
  ]);

  assert.equal(chosen, "got here");
});

virtualTest(
  "select() waits for whichever comes first, and the others leave no trace",
  function* () {
    const [sendA, a] = openMemoryChannel<string>(0);
    const [sendB, b] = openMemoryChannel<string>(0);
    const [full, fullEnd] = openMemoryChannel<string>(0);
    const { future } = Future.make<string>();
    yield* nursery(function* (n) {
      const chosen = n.startSoon(pick([
        onReceive(a, (value) => Effect.succeed(value)),
        onReceive(b, (value) => Effect.succeed(value)),
        onSend(full, "never sent", say("sent")),
        onSleep("1 hour", say("late")),
        onFuture(future, say("settled")),
      ]));
      yield* settled;
      assert.equal(a.statistics().waitingReceivers, 1);
      assert.equal(full.statistics().waitingSenders, 1);

      yield* sleep(7);
      sendB.trySend("from b");

      assert.equal(a.statistics().waitingReceivers, 0);
      assert.equal(b.statistics().waitingReceivers, 0);
      assert.equal(full.statistics().waitingSenders, 0);
      assert.equal(yield* chosen, "from b");
      assert.deepEqual(drain(fullEnd), []);
    });
    sendA.close();
    assert.equal(now(), 7);
  },
);

virtualTest("select() sends if a receiver comes first", function* () {
  const [send, receive] = openMemoryChannel<string>(0);
  const [, never] = openMemoryChannel<string>(0);
  yield* nursery(function* (n) {
    const chosen = n.startSoon(pick([
      onReceive(never, say("received")),
      onSend(send, "offered", say("sent")),
    ]));
    yield* settled;

    assert.equal(yield* take(receive), "offered");

    assert.equal(yield* chosen, "sent");
  });
});

virtualTest(
  "onSleep() counts from the moment at which select() begins",
  function* () {
    const [, never] = openMemoryChannel<string>(0);
    const tardy = select([
      onReceive(never, say("received")),
      onSleep("5 millis", say("late")),
    ]);
    yield* sleep(3);

    assert.equal(yield* Effect.orDie(tardy), "late");

    assert.equal(now(), 8);
  },
);

virtualTest("onSleep(0) gives way to what is ready at once", function* () {
  const [send, receive] = openMemoryChannel<number>(100);
  for (let i = 0; i < 50; i++) send.trySend(i);
  for (let i = 0; i < 50; i++) {
    const chosen = yield* select([
      onSleep(0, say("slept")),
      onReceive(receive, say("received")),
    ]);
    assert.equal(chosen, "received");
  }
  const chosen = yield* select([
    onSleep(0, say("slept")),
    onReceive(receive, say("received")),
  ]);
  assert.equal(chosen, "slept");
});

virtualTest(
  "onFuture() takes the result of a future, now or later",
  function* () {
    const done = Future.make<number>();
    done.resolver.succeed(1);
    const later = Future.make<number>();
    const [, never] = openMemoryChannel<string>(0);
    const plusOne = (n: number) => Effect.succeed(n + 1);

    assert.equal(yield* select([onFuture(done.future, plusOne)]), 2);
    yield* nursery(function* (n) {
      const chosen = n.startSoon(pick([
        onReceive(never, () => Effect.succeed(0)),
        onFuture(later.future, plusOne),
      ]));
      yield* settled;
      later.resolver.succeed(2);
      assert.equal(yield* chosen, 3);
    });
    assert.equal(never.statistics().waitingReceivers, 0);
  },
);

virtualTest(
  "onFuture() of a task that failed is ready with its failure, of one that was cancelled with TaskCancelled",
  function* () {
    const failed = Future.make<number, "no route">();
    failed.resolver.fail("no route");
    const cancelled = Future.make<number>();
    cancelled.future.cancel("not wanted");

    const failure = yield* Effect.flip(
      select([onFuture(failed.future, say("never"))]),
    );
    const exit = yield* Effect.exit(
      select([onFuture(cancelled.future, say("never"))]),
    );

    assert.equal(failure, "no route");
    assert.ok(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert.ok(reason?._tag === "Die");
    assert.ok(reason.defect instanceof TaskCancelled);
  },
);

virtualTest(
  "a failure that select() delivered is not reported again by an isolating nursery",
  function* () {
    const heard = yield* nursery(function* (n) {
      const failing = n.startSoon(() => Promise.reject(new Error("once")));
      yield* settled;
      return yield* Effect.catchDefect(
        select([onFuture(failing, say("never"))]),
        (defect) => Effect.succeed((defect as Error).message),
      );
    }, { onChildFailure: "isolate" });
    assert.equal(heard, "once");
  },
);

for (const loses of ["at once", "after a wait"] as const) {
  virtualTest(
    `a failure of a future whose branch lost ${loses} is still reported by an isolating nursery`,
    function* () {
      const [send, receive] = openMemoryChannel<string>(0);
      const exit = yield* Effect.exit(nursery(function* (n) {
        const failing = n.startSoon(function* () {
          yield* sleep(10);
          throw new Error("not heard yet");
        });
        // Which branch is tried first is drawn by lot.
        for (let i = 0; i < 20; i++) {
          const sending = put(send, "wins");
          n.startSoon(
            loses === "at once" ? sending : Effect.andThen(settled, sending),
          );
          if (loses === "at once") yield* settled;
          yield* pick([
            onFuture(failing, say("never")),
            onReceive(receive, say("received")),
          ]);
        }
      }, { onChildFailure: "isolate" }));
      assert.ok(Exit.isFailure(exit));
      assert.match(String(exit.cause), /not heard yet/);
    },
  );
}

virtualTest(
  "a branch whose channel is closed or has failed is ready, with its failure in E",
  function* () {
    const [closedSend, ended] = openMemoryChannel<string>(1);
    closedSend.close();
    const [brokenSend, closed] = openMemoryChannel<string>(1);
    closed.close();
    const [failing, failed] = openFallibleChannel<string, { _tag: "Disk" }>(1);
    failing.fail({ _tag: "Disk" });
    const [, never] = openMemoryChannel<string>(1);
    const pending = onReceive(never, say("never"));

    const tags = [
      yield* tag(select([pending, onReceive(ended, say("x"))])),
      yield* tag(select([pending, onReceive(closed, say("x"))])),
      yield* tag(select([pending, onReceive(failed, say("x"))])),
      yield* tag(select([pending, onSend(closedSend, "v", say("x"))])),
      yield* tag(select([pending, onSend(brokenSend, "v", say("x"))])),
    ];

    assert.deepEqual(tags, [
      "EndOfChannel",
      "ChannelClosed",
      "Disk",
      "ChannelClosed",
      "ChannelBroken",
    ]);
  },
);

virtualTest(
  "a branch that becomes closed while select() waits decides it",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const [other, otherEnd] = openMemoryChannel<string>(0);
    const wait = tag(select([
      onReceive(receive, say("received")),
      onSend(other, "v", say("sent")),
    ]));
    yield* nursery(function* (n) {
      const first = n.startSoon(wait);
      yield* settled;
      send.close();
      assert.equal(yield* first, "EndOfChannel");
      assert.equal(other.statistics().waitingSenders, 0);
    });
    const [, open] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const second = n.startSoon(tag(select([
        onReceive(open, say("received")),
        onSend(other, "v", say("sent")),
      ])));
      yield* settled;
      otherEnd.close();
      assert.equal(yield* second, "ChannelBroken");
      assert.equal(open.statistics().waitingReceivers, 0);
    });
  },
);

virtualTest(
  "select() enters the body of the branch that happened, once, although a cancellation came in the same step (R13)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const trail: string[] = [];
    yield* nursery(function* (n) {
      const selecting = n.startSoon(pick([
        onReceive(receive, function* (value) {
          trail.push(`entered with ${value}`);
          yield* checkpoint;
          trail.push("went on");
        }),
      ]));
      yield* settled;

      send.trySend("this");
      selecting.cancel();

      assert.equal((yield* selecting.outcome)._tag, "Cancelled");
    });
    assert.deepEqual(trail, ["entered with this"]);
    assert.equal(send.statistics().buffered, 0);
  },
);

virtualTest(
  "select() enters the body of a branch that was ready, although a cancellation came before its turn (R13)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("this");
    let entered = 0;
    yield* nursery(function* (n) {
      const selecting = n.startSoon(pick([
        onReceive(receive, () => Effect.sync(() => entered++)),
      ]));
      n.startSoon(Effect.sync(() => selecting.cancel()));
      yield* settled;
    });
    assert.equal(entered, 1);
  },
);

virtualTest(
  "a select that is cancelled has let nothing happen (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const [, other] = openMemoryChannel<string>(0);
    let entered = false;
    const enter = () => Effect.sync(() => entered = true);
    yield* moveOnAfter(5, () =>
      Effect.orDie(select([
        onReceive(receive, enter),
        onReceive(other, enter),
        onSleep("1 hour", enter),
      ])));
    assert.equal(entered, false);
    assert.equal(now(), 5);
    assert.equal(send.statistics().waitingReceivers, 0);
    assert.equal(other.statistics().waitingReceivers, 0);
  },
);

virtualTest(
  "the bodies of a select may be Effects, generators and async functions with a signal",
  function* () {
    const [send, receive] = openMemoryChannel<number>(3);
    for (const value of [1, 2, 3]) send.trySend(value);
    const signals: AbortSignal[] = [];

    const results = [
      yield* select([onReceive(receive, (n) => Effect.succeed(n))]),
      yield* select([
        onReceive(receive, function* (n) {
          yield* checkpoint;
          return n;
        }),
      ]),
      yield* select([
        onReceive(receive, (n, signal) => {
          signals.push(signal);
          return Promise.resolve(n);
        }),
      ]),
      yield* select([onSend(send, 4, Effect.succeed("sent"))]),
      yield* select([
        onSleep(1, (signal) => {
          signals.push(signal);
          return Promise.resolve("slept");
        }),
      ]),
    ];

    assert.deepEqual(results, [1, 2, 3, "sent", "slept"]);
    assert.ok(signals.every((signal) => signal instanceof AbortSignal));
  },
);

virtualTest(
  "the signal of a body of select() aborts with the scope around it",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    send.trySend(1);
    let reason: unknown;
    yield* cancelScope((scope) =>
      Effect.orDie(select([
        onReceive(receive, (_, signal) =>
          new Promise<void>((resolve) => {
            signal.addEventListener("abort", () => {
              reason = signal.reason;
              resolve();
            });
            queueMicrotask(() => scope.cancel("enough"));
          })),
      ]))
    );
    assert.ok(reason instanceof Object && "explain" in reason);
  },
);

virtualTest("a body that fails, or dies, fails the select", function* () {
  const [send, receive] = openMemoryChannel<number>(2);
  send.trySend(1);
  send.trySend(2);
  const failed = yield* Effect.flip(
    select([onReceive(receive, () => Effect.fail("no" as const))]),
  );
  const died = yield* Effect.exit(select([
    onReceive(receive, (): Effect.Effect<void> => {
      throw new Error("thrown at once");
    }),
  ]));
  assert.equal(failed, "no");
  assert.ok(Exit.isFailure(died));
  assert.match(String(died.cause), /thrown at once/);
});

virtualTest(
  "select() works with subscriptions, watched values and broadcasts",
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 1 });
    const [first, second] = [subscribe(), subscribe()];
    const level = openWatch("info");
    const watcher = level.subscribe();
    const echo = (value: string) => Effect.succeed(value);

    assert.equal(yield* select([onReceive(watcher, echo)]), "info");
    assert.equal(
      yield* select([
        onSend(sender, "news", say("sent")),
        onReceive(watcher, echo),
      ]),
      "sent",
    );
    assert.equal(yield* select([onReceive(first, echo)]), "news");
    assert.equal(yield* select([onReceive(second, echo)]), "news");
  },
);

Deno.test("select() refuses what it cannot select from", () => {
  const [send, receive] = openMemoryChannel<number>(0);
  const foreign = { ...receive, receive: receive.receive } as ReceiveChannel<
    number
  >;

  assert.throws(() => select([]), {
    name: "RangeError",
    message: "Cannot select: there are no branches",
  });
  assert.throws(() => select([{} as never]), { name: "TypeError" });
  assert.throws(() => onReceive(foreign, say("x")), { name: "TypeError" });
  assert.throws(() => onSend({ ...send } as typeof send, 1, say("x")), {
    name: "TypeError",
  });
  for (const duration of [-1, NaN]) {
    assert.throws(() => onSleep(duration, say("x")), { name: "RangeError" });
  }
});
