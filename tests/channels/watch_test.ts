import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { nursery } from "espalier";
import { openWatch } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, settled, tag, tagOf, take } from "./support/turns.ts";

virtualTest(
  "a subscriber sees the current value first, and then only newer ones",
  function* () {
    const level = openWatch("info");
    const follower = level.subscribe();
    assert.equal(yield* take(follower), "info");
    assert.equal(tagOf(follower.tryReceive()), "WouldBlock");
    yield* nursery(function* (n) {
      const next = n.startSoon(take(follower));
      yield* settled;

      level.value = "debug";

      assert.equal(yield* next, "debug");
      assert.equal(level.value, "debug");
    });
    level.value = "warning";
    level.value = "error";
    assert.deepEqual(drain(follower), ["error"]);
  },
);

virtualTest("every subscriber sees the value for itself", function* () {
  const level = openWatch(1);
  const [first, second] = [level.subscribe(), level.subscribe()];
  yield* take(first);
  level.value = 2;
  assert.equal(yield* take(first), 2);
  assert.equal(yield* take(second), 2);
  assert.equal(yield* take(level.subscribe()), 2);
});

virtualTest("setting an equal value is news", function* () {
  const beat = openWatch(0);
  const follower = beat.subscribe();
  yield* take(follower);
  beat.value = 0;
  assert.equal(yield* take(follower), 0);
});

virtualTest(
  "after close() a subscriber gets the value that it has not seen, then the end",
  function* () {
    const level = openWatch("info");
    const [behind, upToDate] = [level.subscribe(), level.subscribe()];
    yield* take(upToDate);
    yield* nursery(function* (n) {
      const waiting = n.startSoon(tag(upToDate.receive));
      yield* settled;

      level.close();
      level.close();

      assert.equal(yield* waiting, "EndOfChannel");
      assert.equal(yield* take(behind), "info");
      assert.equal(yield* tag(behind.receive), "EndOfChannel");
      const late = level.subscribe();
      assert.equal(yield* take(late), "info");
      assert.equal(yield* tag(late.receive), "EndOfChannel");
    });
    assert.equal(level.value, "info");
  },
);

Deno.test("a watched value that is closed can be read and not be set", () => {
  const level = openWatch("info", { name: "level" });
  {
    using _ = level;
  }
  assert.equal(level.value, "info");
  assert.throws(() => level.value = "debug", {
    name: "ChannelClosed",
    message: 'Cannot set the value of watch "level": it is closed',
  });
  assert.equal(level.value, "info");
  assert.equal(level.subscribe().statistics().openSendHandles, 0);
});

virtualTest(
  "a value that Effect kept a subscriber from taking is still unseen, unless there is a newer one",
  function* () {
    const level = openWatch(1);
    const follower = level.subscribe();
    const interrupted = (change: () => void) =>
      Effect.gen(function* () {
        const taking = yield* Effect.forkChild(take(follower), {
          startImmediately: true,
        });
        change();
        taking.interruptUnsafe();
      });

    yield* interrupted(() => {});
    assert.deepEqual(drain(follower), [1]);
    level.value = 2;
    yield* interrupted(() => level.value = 3);
    assert.deepEqual(drain(follower), [3]);
    level.value = 4;
    yield* interrupted(() => {
      level.value = 5;
      assert.deepEqual(drain(follower), [5]);
    });
    assert.deepEqual(drain(follower), [], "an older value after a newer one");
  },
);

virtualTest(
  "clones of a subscription share the news, and a subscription can be closed",
  function* () {
    const level = openWatch(1);
    const first = level.subscribe();
    const clone = first.clone();
    assert.equal(yield* take(first), 1);
    assert.equal(tagOf(clone.tryReceive()), "WouldBlock");
    first.close();
    level.value = 2;
    assert.equal(yield* take(clone), 2);
    clone.close();
    assert.equal(tagOf(clone.tryReceive()), "ChannelClosed");
  },
);

virtualTest("forEach() follows the value up to the end", function* () {
  const level = openWatch(0);
  const seen: number[] = [];
  yield* nursery(function* (n) {
    n.startSoon(
      Effect.orDie(
        level.subscribe().forEach((value) =>
          Effect.sync(() => seen.push(value))
        ),
      ),
    );
    yield* settled;
    for (let value = 1; value < 4; value++) {
      level.value = value;
      yield* settled;
    }
    // Handed to the loop, which waits; then kept for it; then in its place.
    for (const value of [4, 5, 6]) level.value = value;
    level.close();
  });
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 6]);
});
