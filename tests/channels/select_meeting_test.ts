import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { nursery } from "espalier";
import {
  onReceive,
  onSend,
  openBroadcast,
  openMemoryChannel,
  type ReceiveChannel,
  select,
} from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, pick, put, settled, take } from "./support/turns.ts";

const say = (what: string) => () => Effect.succeed(what);

virtualTest("two selects may meet each other", function* () {
  const [send, receive] = openMemoryChannel<string>(0);
  const [, never] = openMemoryChannel<string>(0);
  yield* nursery(function* (n) {
    const giver = n.startSoon(pick([
      onReceive(never, say("received")),
      onSend(send, "gift", say("given")),
    ]));
    const taker = n.startSoon(pick([
      onReceive(never, say("received")),
      onReceive(receive, (value) => Effect.succeed(`taken: ${value}`)),
    ]));
    assert.equal(yield* giver, "given");
    assert.equal(yield* taker, "taken: gift");
    assert.equal(never.statistics().waitingReceivers, 0);
  });
});

virtualTest(
  "two selects that both offer and ask on one channel meet once, one way",
  function* () {
    for (let round = 0; round < 20; round++) {
      const [send, receive] = openMemoryChannel<string>(0);
      const both = (mine: string) =>
        Effect.orDie(select([
          onSend(send, mine, say(`${mine} sent`)),
          onReceive(receive, (value) => Effect.succeed(`${mine} got ${value}`)),
        ]));
      const said = yield* nursery((n) =>
        Effect.all([n.startSoon(both("a")), n.startSoon(both("b"))])
      );
      const isOneWay = ["a sent,b got a", "a got b,b sent"];
      assert.ok(isOneWay.includes(said.join()), said.join());
      assert.equal(send.statistics().waitingSenders, 0);
      assert.equal(send.statistics().waitingReceivers, 0);
    }
  },
);

virtualTest("a select does not meet itself", function* () {
  const [send, receive] = openMemoryChannel<string>(0);
  yield* nursery(function* (n) {
    const lonely = n.startSoon(pick([
      onSend(send, "to myself", say("sent")),
      onReceive(receive, (value) => Effect.succeed(`got ${value}`)),
    ]));
    yield* settled;
    assert.equal(lonely.status, "running");

    yield* put(send, "from somebody else");

    assert.equal(yield* lonely, "got from somebody else");
    assert.equal(send.statistics().waitingSenders, 0);
  });
});

virtualTest(
  "a select has its place in the queue of a channel like anybody else (R24)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      const taken = [
        n.startSoon(take(receive)),
        n.startSoon(
          Effect.orDie(select([onReceive(receive, (v) => Effect.succeed(v))])),
        ),
        n.startSoon(take(receive)),
      ];
      yield* settled;
      for (const value of [1, 2, 3]) send.trySend(value);
      assert.deepEqual(yield* Effect.all(taken), [1, 2, 3]);
    });
  },
);

virtualTest(
  "one select on two subscriptions of a broadcast that keeps nothing takes one value, and loses none",
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 0 });
    const [first, second] = [subscribe(), subscribe()];
    yield* nursery(function* (n) {
      const branch = (from: ReceiveChannel<string, unknown>, name: string) =>
        onReceive(from, (value) => Effect.succeed(`${name}: ${value}`));
      const chosen = n.startSoon(
        Effect.orDie(
          select([branch(first, "first"), branch(second, "second")]),
        ),
      );
      yield* settled;

      sender.trySend("news");

      const [taken] = (yield* chosen).split(":");
      const other = taken === "first" ? second : first;
      assert.deepEqual(drain(other), ["news"]);
      assert.deepEqual(drain(first), []);
    });
  },
);
