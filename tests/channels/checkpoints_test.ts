import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { cancelScope, type Nursery, nursery } from "espalier";
import {
  onReceive,
  onSend,
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  openWatch,
  type ReceiveChannel,
  select,
  type SendChannel,
} from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { passedIn } from "./support/checkpoints.ts";
import { settled, take } from "./support/turns.ts";

type Ends = readonly [SendChannel<number>, ReceiveChannel<number>];
type Operation = Effect.Effect<unknown, unknown>;

const nothing = () => Effect.void;

/** Operations that find at once what they need. */
const READY: Record<string, () => Operation> = {
  "send() with room": () => opened(1, ([send]) => send.send(1)),
  "send() on a closed handle": () =>
    opened(1, ([send]) => (send.close(), send.send(1))),
  "receive with something there": () =>
    filled(([, receive]) => receive.receive),
  "receive at the end": () =>
    opened(1, ([send, receive]) => (send.close(), receive.receive)),
  "forEach() of nothing": () =>
    opened(1, ([send, receive]) => (send.close(), receive.forEach(nothing))),
  "select() of a value": () =>
    filled(([, receive]) => select([onReceive(receive, nothing)])),
  "select() of room": () =>
    opened(1, ([send]) => select([onSend(send, 1, nothing)])),
  "select() of what has ended": () =>
    opened(1, ([send, receive]) => {
      send.close();
      return select([onReceive(receive, nothing)]);
    }),
  "send() to a broadcast": () =>
    openBroadcast<number>({ capacity: 0 }).sender.send(1),
  "receive of a watched value": () => openWatch(1).subscribe().receive,
  "ready with room": () => openFallibleChannel<number, never>(1)[0].ready,
  "toStream() of one value": () =>
    filled(([, receive]) => Stream.runHead(receive.toStream())),
};

for (const [name, make] of Object.entries(READY)) {
  virtualTest(
    `${name} is a checkpoint although it need not wait (R19)`,
    function* () {
      const { cancelPoints, schedulePoints } = yield* passedIn(make());
      assert.ok(cancelPoints >= 1, "no cancel point");
      assert.ok(schedulePoints >= 1, "no schedule point");
    },
  );

  virtualTest(`${name} lets others run first (R19)`, function* () {
    yield* nursery(function* (n) {
      let hasRun = false;
      n.startSoon(Effect.sync(() => hasRun = true));
      yield* Effect.ignore(make());
      assert.ok(hasRun);
    });
  });
}

virtualTest(
  "an operation that has to wait is a checkpoint (R19, C091)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      const passed = [
        n.startSoon(passedIn(send.send(1))),
        n.startSoon(passedIn(receive.receive)),
        n.startSoon(passedIn(receive.receive)),
        n.startSoon(passedIn(send.send(2))),
      ];
      for (
        const { cancelPoints, schedulePoints } of yield* Effect.all(passed)
      ) {
        assert.ok(cancelPoints >= 1);
        assert.ok(schedulePoints >= 1);
      }
    });
  },
);

virtualTest(
  "forEach() is a checkpoint for every value and for the end (R19)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(3);
    for (const value of [1, 2, 3]) send.trySend(value);
    send.close();

    const passed = yield* passedIn(receive.forEach(nothing));

    assert.ok(passed.cancelPoints >= 4);
    assert.ok(passed.schedulePoints >= 4);
  },
);

virtualTest(
  "plain calls run no other task and are no checkpoints (R18)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    const broadcast = openBroadcast<number>({ capacity: 1 });
    const listener = broadcast.subscribe();
    const watch = openWatch(0);
    const watcher = watch.subscribe();
    watcher.tryReceive();
    const woken: string[] = [];
    const waits = (n: Nursery, name: string, operation: Operation) =>
      n.startSoon(
        Effect.ensuring(
          Effect.ignore(operation),
          Effect.sync(() => woken.push(name)),
        ),
      );
    yield* nursery(function* (n) {
      waits(n, "receive", receive.receive);
      waits(n, "listen", listener.receive);
      waits(n, "watch", watcher.receive);
      yield* settled;

      const passed = yield* passedIn(Effect.sync(() => {
        send.trySend(1);
        broadcast.sender.trySend(1);
        watch.value = 1;
        send.clone().close();
        receive.clone().close();
        send.statistics();
        receive.tryReceive();
        receive.toStream();
        receive.toAsyncIterable();
        broadcast.subscribe().close();
        watch.close();
        receive.close();
        send.close();
      }));

      assert.deepEqual(passed, { cancelPoints: 0, schedulePoints: 0 });
      assert.deepEqual(woken, []);
      yield* settled;
      assert.deepEqual(woken.sort(), ["listen", "receive", "watch"]);
    });
  },
);

virtualTest(
  "what is cancelled already does nothing, although it need not wait (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    send.trySend(1);
    const wants: Record<string, Operation> = {
      send: send.send(2),
      receive: receive.receive,
      forEach: receive.forEach(nothing),
      selectReceive: select([onReceive(receive, nothing)]),
      selectSend: select([onSend(send, 2, nothing)]),
    };
    for (const [name, operation] of Object.entries(wants)) {
      yield* cancelScope((scope) => {
        scope.cancel();
        return Effect.orDie(operation);
      });
      assert.equal(send.statistics().buffered, 1, name);
    }
    assert.equal(yield* take(receive), 1);
  },
);

function opened(
  capacity: number,
  use: (ends: Ends) => Operation,
): Operation {
  return use(openMemoryChannel<number>(capacity));
}

function filled(use: (ends: Ends) => Operation): Operation {
  return opened(1, (ends) => {
    ends[0].trySend(1);
    return use(ends);
  });
}
