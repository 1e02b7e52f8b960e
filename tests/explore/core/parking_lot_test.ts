import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  CancelScope,
  checkpoint,
  currentTask,
  ParkingLot,
  sleep,
} from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("ParkingLot.unpark() wakes who came first, and no wake-up is lost, whoever is cancelled (R46, C064, C065)", async () => {
  await prove(function* () {
    const lot = new ParkingLot();
    const parked: string[] = [];
    const woken: string[] = [];
    yield* together({
      ...each("abc", (name) =>
        Effect.suspend(() => {
          parked.push(name);
          const left = () => parked.splice(parked.indexOf(name), 1);
          return Effect.onInterrupt(
            Effect.map(lot.park, () => woken.push(name)),
            () => Effect.sync(left),
          );
        })),
      waker: Effect.ensuring(
        sleep(1),
        Effect.gen(function* () {
          for (let left = lot.size; left > 0; left--) {
            const [first] = parked;
            assert.equal(lot.unpark(), 1);
            yield* Effect.uninterruptible(sleep(1));
            assert.equal(woken.at(-1), first);
            parked.shift();
          }
        }),
      ),
    }, () => lot.unparkAll());
    assert.equal(lot.size, 0);
    assert.ok(woken.length >= 2);
  }, { cancelEverywhere: true, maxInterleavings: 60_000, atLeast: 1_000 });
});

Deno.test("ParkingLot breaks with the task that serves it: who waits and who comes is told (R46, C067)", async () => {
  const ends = await outcomes(function* () {
    const lot = new ParkingLot();
    const ends: string[] = [];
    yield* together({
      keeper: Effect.suspend(() => {
        lot.addBreaker(currentTask());
        return Effect.map(checkpoint, () => lot.unpark());
      }),
      ...each("ab", () =>
        Effect.match(lot.park, {
          onSuccess: () => ends.push("woken"),
          onFailure: ({ _tag }) => ends.push(_tag),
        })),
    });
    assert.equal(lot.size, 0);
    return ends.sort().join(", ");
  }, { cancelEverywhere: true, atLeast: 200 });

  assert.deepEqual(ends, [
    "BrokenResource",
    "BrokenResource, BrokenResource",
    "BrokenResource, woken",
    "woken",
  ]);
});

Deno.test("ParkingLot.repark() moves waiters with their order and their way out (R46)", async () => {
  const ends = await outcomes(function* () {
    const [from, to] = [new ParkingLot(), new ParkingLot()];
    const scope = new CancelScope();
    const woken: string[] = [];
    const park = (name: string) =>
      Effect.map(from.park, () => void woken.push(name));
    yield* together({
      leaver: scope.run(park("leaver")),
      stayer: park("stayer"),
      canceller: Effect.sync(() => scope.cancel()),
      mover: Effect.sync(() => from.reparkAll(to)),
    }, () => {
      // Whoever was cancelled has left, wherever it stood.
      assert.equal(from.size + to.size, 1);
      from.unparkAll();
      to.unparkAll();
    });
    return woken.join();
  }, { atLeast: 30 });

  assert.deepEqual(ends, ["stayer"]);
});
