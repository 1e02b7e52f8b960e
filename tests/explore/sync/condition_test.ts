import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { CancelScope, checkpoint, Condition, currentTask } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("Condition.wait() owns the lock again however it ends, and returns once it is notified (R50)", async () => {
  const ends = await outcomes(function* () {
    const condition = new Condition();
    const scope = new CancelScope();
    let isNotified = false;
    let end = "did not wait";
    const owns = () => condition.lock.statistics().owner === currentTask();
    const wait = Effect.onExit(condition.wait, (exit) =>
      Effect.sync(() => {
        assert.ok(owns(), "owns the lock again");
        end = exit._tag === "Success" ? "was notified" : "was cancelled";
      }));
    yield* together({
      waiter: scope.run(condition.lock.withLock(wait)),
      canceller: Effect.sync(() => scope.cancel()),
      notifier: condition.lock.withLock(function* () {
        isNotified = condition.statistics().waiting > 0;
        condition.notify();
        // It has to wait for the lock still, and may be cancelled meanwhile.
        yield* checkpoint;
      }),
    });
    // It meets the cancellation later (R13).
    assert.equal(isNotified, end === "was notified");
    assert.equal(condition.statistics().waiting, 0);
    assert.equal(condition.lock.statistics().locked, false);
    return end;
  }, { preemptions: 1, atLeast: 100 });

  assert.deepEqual(ends, ["did not wait", "was cancelled", "was notified"]);
});

Deno.test("Condition.notify() reaches as many waiters as it says, and no notification is lost, whoever is cancelled (R50)", async () => {
  const served = await outcomes(function* () {
    const condition = new Condition();
    let items = 0;
    let served = 0;
    const take = condition.lock.withLock(function* () {
      yield* condition.waitFor(() => items > 0);
      items--;
      served++;
    });
    const put = condition.lock.withLock(Effect.sync(() => {
      items++;
      condition.notify();
    }));
    // Enough for all: whoever waits for ever has missed a notification.
    const putTwo = Effect.uninterruptible(Effect.andThen(put, put));
    yield* together({ ...each("ab", () => take), putter: putTwo });
    assert.equal(condition.statistics().waiting, 0);
    assert.equal(condition.lock.statistics().locked, false);
    assert.equal(items + served, 2);
    return `${served} served`;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(served, ["1 served", "2 served"]);
});

Deno.test("Condition.waitFor() never returns while its predicate is false, however tasks are preempted (R50)", async () => {
  await prove(function* () {
    const condition = new Condition();
    let items = 0;
    const take = condition.lock.withLock(function* () {
      yield* condition.waitFor(() => items > 0);
      assert.ok(items > 0);
      items--;
    });
    const put = condition.lock.withLock(Effect.sync(() => {
      items += 2;
      condition.notifyAll();
    }));
    yield* together({ ...each("ab", () => take), put });
    assert.equal(items, 0);
  }, { preemptions: 1, atLeast: 1_000 });
});
