import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { nursery } from "espalier";
import { openFallibleChannel } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, tag, tagOf, take } from "./support/turns.ts";

interface Disk {
  readonly _tag: "Disk";
}
const disk: Disk = { _tag: "Disk" };

virtualTest(
  "fail() comes after what was sent, and stays",
  function* () {
    const [send, receive] = openFallibleChannel<number, Disk>(2);
    send.trySend(1);
    send.fail(disk);
    send.fail({ _tag: "Disk" });

    assert.equal(yield* take(receive), 1);
    assert.equal(yield* Effect.flip(receive.receive), disk);
    assert.equal(yield* Effect.flip(receive.receive), disk);
    assert.equal(tagOf(receive.tryReceive()), "Disk");
    assert.equal(yield* Effect.flip(receive.forEach(() => Effect.void)), disk);
    assert.equal(yield* Effect.flip(receive.clone().receive), disk);
  },
);

virtualTest(
  "fail() ends all senders, and the receivers that wait",
  function* () {
    const [send, receive] = openFallibleChannel<number, Disk>(1);
    const other = send.clone();
    yield* nursery(function* (n) {
      const receiving = n.startSoon(tag(receive.receive));
      yield* settled;
      send.fail(disk);
      assert.equal(yield* receiving, "Disk");
    });
    assert.equal(tagOf(send.trySend(1)), "ChannelClosed");
    assert.equal(yield* tag(other.send(1)), "ChannelClosed");
    assert.throws(() => other.clone(), { name: "ChannelClosed" });

    const [full] = openFallibleChannel<number, Disk>(1);
    full.trySend(1);
    yield* nursery(function* (n) {
      const sending = n.startSoon(tag(full.send(2)));
      yield* settled;
      full.fail(disk);
      assert.equal(yield* sending, "ChannelClosed");
    });
  },
);

virtualTest(
  "fail() on a channel that has ended changes nothing",
  function* () {
    const [send, receive] = openFallibleChannel<number, Disk>(1);
    send.close();
    send.fail(disk);
    assert.equal(yield* tag(receive.receive), "EndOfChannel");
  },
);

virtualTest(
  "failCause() keeps the whole cause; a defect comes out of tryReceive() as it was",
  function* () {
    const [send, receive] = openFallibleChannel<number, Disk>(1);
    const defect = new Error("a mistake");
    const cause = Cause.combine(Cause.fail(disk), Cause.die(defect));
    send.failCause(cause);
    const exit = yield* Effect.exit(receive.receive);
    assert.ok(Exit.isFailure(exit));
    assert.deepEqual(
      exit.cause.reasons.map(({ _tag }) => _tag),
      ["Fail", "Die"],
    );

    const [send2, receive2] = openFallibleChannel<number, Disk>(1);
    send2.failCause(Cause.die(defect));
    assert.throws(() => receive2.tryReceive(), defect);
  },
);

virtualTest(
  "ready waits until somebody wants something, and sends nothing (R59)",
  function* () {
    const [send, receive] = openFallibleChannel<number, never>(0);
    yield* nursery(function* (n) {
      let produced = 0;
      const producer = n.startSoon(function* () {
        for (;;) {
          yield* Effect.orDie(send.ready);
          yield* put(send, ++produced);
        }
      });
      yield* settled;
      assert.equal(produced, 0);

      assert.equal(yield* take(receive), 1);
      yield* settled;
      assert.equal(produced, 1);

      assert.equal(yield* take(receive), 2);
      yield* settled;
      assert.equal(produced, 2);
      producer.cancel();
    });
    assert.equal(send.statistics().waitingSenders, 0);
  },
);

virtualTest(
  "ready answers at once while there is room in the buffer, and waits while there is none",
  function* () {
    const [send, receive] = openFallibleChannel<number, never>(1);
    assert.equal(yield* tag(send.ready), "ok");
    send.trySend(1);
    yield* nursery(function* (n) {
      const waiting = n.startSoon(tag(send.ready));
      yield* settled;
      assert.equal(waiting.status, "running");
      assert.deepEqual(drain(receive), [1]);
      assert.equal(yield* waiting, "ok");
    });
  },
);

virtualTest(
  "ready lets the sender behind it go on in the same step",
  function* () {
    const [send, receive] = openFallibleChannel<number, never>(0);
    yield* nursery(function* (n) {
      const ready = n.startSoon(tag(send.ready));
      const sending = n.startSoon(put(send, 1));
      yield* settled;
      assert.equal(send.statistics().waitingSenders, 2);
      assert.equal(yield* take(receive), 1);
      yield* sending;
      assert.equal(yield* ready, "ok");
    });
  },
);

virtualTest("ready fails as a send would", function* () {
  const [send, receive] = openFallibleChannel<number, never>(0);
  const other = send.clone();
  yield* nursery(function* (n) {
    const waiting = n.startSoon(tag(send.ready));
    const waitingToo = n.startSoon(tag(other.ready));
    yield* settled;
    send.close();
    assert.equal(yield* waiting, "ChannelClosed");
    receive.close();
    assert.equal(yield* waitingToo, "ChannelBroken");
  });
  assert.equal(yield* tag(send.ready), "ChannelClosed");
  assert.equal(yield* tag(other.ready), "ChannelBroken");
});
