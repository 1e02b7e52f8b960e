import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  checkpointIfCancelled,
  now,
  shieldedCheckpoint,
  sleep,
  sleepForever,
} from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("CancelScope.cancel() ends the body after its cleanup, or comes too late, and says which (R9)", async () => {
  const ends = await outcomes(function* () {
    const scope = new CancelScope();
    let isCleanedUp = false;
    let end = "";
    yield* together({
      canceller: Effect.sync(() => scope.cancel()),
      *body() {
        const answer = yield* scope.run(Effect.ensuring(
          Effect.andThen(checkpoint, checkpoint),
          Effect.map(shieldedCheckpoint, () => isCleanedUp = true),
        ));
        assert.ok(isCleanedUp);
        assert.equal(scope.cancelledCaught, Option.isNone(answer));
        end = Option.isNone(answer)
          ? "caught"
          : scope.cancelCalled
          ? "too late"
          : "not at all";
      },
    });
    return end;
  }, { preemptions: 1, atLeast: 50 });

  assert.deepEqual(ends, ["caught", "not at all", "too late"]);
});

Deno.test("CancelScope.cancel() reaches every wait of its body again and again, also those to come (R16)", async () => {
  await prove(function* () {
    const scope = new CancelScope();
    let passed = 0;
    yield* together({
      canceller: Effect.andThen(checkpoint, Effect.sync(() => scope.cancel())),
      body: scope.run(Effect.forever(Effect.gen(function* () {
        const isOver = scope.cancelCalled;
        const exit = yield* Effect.exit(checkpoint);
        // Nothing that begins to wait after the cancellation goes on.
        assert.ok(!(isOver && exit._tag === "Success"));
        if (passed++ > 5) yield* Effect.never;
      }))),
    });
    assert.ok(scope.cancelledCaught);
  }, { atLeast: 5 });
});

Deno.test("checkpointIfCancelled ends whom a cancellation has reached, and nobody else (R22)", async () => {
  const ends = await outcomes(function* () {
    let scope: CancelScope | undefined;
    let end = "ended";
    yield* together({
      canceller: Effect.sync(() => scope?.cancel()),
      body: cancelScope(function* (it) {
        scope = it;
        yield* shieldedCheckpoint;
        const isCancelled = it.cancelCalled;
        yield* checkpointIfCancelled;
        assert.ok(!isCancelled);
        end = "went on";
      }),
    });
    return end;
  }, { preemptions: 1, atLeast: 20 });

  assert.deepEqual(ends, ["ended", "went on"]);
});

Deno.test("of two scopes that are cancelled, the outer one catches, unless it came too late (R9)", async () => {
  const ends = await outcomes(function* () {
    const outer = new CancelScope();
    const inner = new CancelScope();
    let isBehindInner = false;
    yield* together({
      a: Effect.sync(() => outer.cancel()),
      b: Effect.sync(() => inner.cancel()),
      body: outer.run(function* () {
        yield* Effect.onExit(
          inner.run(Effect.andThen(checkpoint, Effect.never)),
          () =>
            Effect.sync(() => {
              assert.ok(!(outer.cancelCalled && inner.cancelledCaught));
            }),
        );
        isBehindInner = true;
        yield* checkpoint;
      }),
    });
    assert.equal(inner.cancelledCaught, isBehindInner);
    return [
      inner.cancelledCaught ? "inner" : "",
      outer.cancelledCaught ? "outer" : "",
    ].filter(Boolean).join(" and ");
  }, { atLeast: 20 });

  assert.deepEqual(ends, ["inner", "inner and outer", "outer"]);
});

Deno.test("CancelScope.shield keeps out what comes from outside while it is up, and lets it in when it is lowered (R7)", async () => {
  const ends = await outcomes(function* () {
    const outer = new CancelScope();
    const inner = new CancelScope({ shield: true });
    const trail: string[] = [];
    yield* together({
      canceller: Effect.sync(() => outer.cancel()),
      body: outer.run(inner.run(function* () {
        yield* checkpoint;
        trail.push("shielded");
        inner.shield = false;
        yield* checkpoint;
        trail.push("unshielded");
      })),
    });
    assert.ok(outer.cancelCalled);
    assert.equal(inner.cancelledCaught, false);
    return trail.join(", ");
  }, { preemptions: 1, atLeast: 20 });

  assert.deepEqual(ends, ["shielded", "shielded, unshielded"]);
});

Deno.test("CancelScope.shield that is lowered by somebody else wakes what waits inside (R7)", async () => {
  const ends = await outcomes(function* () {
    const outer = new CancelScope();
    const inner = new CancelScope({ shield: true });
    yield* together({
      canceller: Effect.sync(() => outer.cancel()),
      lowerer: Effect.sync(() => inner.shield = false),
      body: outer.run(inner.run(sleepForever)),
    });
    return `outer ${outer.cancelledCaught}, inner ${inner.cancelledCaught}`;
  }, { preemptions: 1, atLeast: 50 });

  assert.deepEqual(ends, ["outer true, inner false"]);
});

Deno.test("CancelScope.deadline and a sleep that end at one moment: whichever was set first is first (R4, R5)", async () => {
  const ends = await outcomes(function* () {
    const scope = new CancelScope();
    const order: string[] = [];
    let end = "";
    yield* together({
      setter: Effect.sync(() => {
        scope.deadline = 5;
        order.push("late");
      }),
      *body() {
        const answer = yield* scope.run(Effect.suspend(() => {
          order.push("in time");
          return sleep(5);
        }));
        end = Option.isSome(answer) ? "in time" : "late";
      },
    });
    assert.equal(now(), 5);
    assert.equal(end, order[0]);
    return end;
  }, { atLeast: 2 });

  assert.deepEqual(ends, ["in time", "late"]);
});
