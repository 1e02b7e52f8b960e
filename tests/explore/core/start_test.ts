import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  CancelScope,
  checkpoint,
  ExitedWithoutStarting,
  type Nursery,
  nursery,
  shield,
  shieldedCheckpoint,
  type TaskStatus,
} from "espalier";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("start() answers the value of a child that lives on, or has cleaned it up, whenever its caller is cancelled (R35, R36, R37)", async () => {
  const ends = await outcomes(function* () {
    const caller = new CancelScope();
    const child = new Child();
    let end = "";
    yield* together({
      canceller: Effect.sync(() => caller.cancel()),
      *caller() {
        yield* nursery(function* (target: Nursery<unknown>) {
          const answer = yield* caller.run(target.start(child.run));
          if (answer._tag === "None") assert.ok(child.isOver, "left behind");
          end = answer._tag === "Some" ? answer.value : "cancelled";
        });
        assert.ok(child.isOver);
      },
    });
    return `${end}, ${child.end}`;
  }, { preemptions: 1, atLeast: 200 });

  assert.deepEqual(ends, [
    "cancelled, cut short",
    "ready, worked",
  ]);
});

Deno.test("start() is ended by its target, and a child that has started is cancelled there (R36, R39)", async () => {
  const ends = await outcomes(function* () {
    const child = new Child();
    let end = "cancelled";
    let target: Nursery<unknown> | undefined;
    yield* together({
      canceller: Effect.sync(() => target?.cancelScope.cancel()),
      opener: nursery((n: Nursery<unknown>) => {
        target = n;
        return Effect.map(n.start(child.run), (value) => void (end = value));
      }, { onCancelled: () => undefined }),
    });
    assert.ok(child.isOver);
    return `${end}, ${child.end}`;
  }, { preemptions: 1, atLeast: 100 });

  assert.deepEqual(ends, [
    "cancelled, cut short",
    "ready, cut short",
    "ready, worked",
  ]);
});

Deno.test("start() from elsewhere says so when its target is cancelled, once the child has cleaned up (R39)", async () => {
  const ends = await outcomes(function* () {
    const child = new Child(Effect.void);
    let end = "";
    yield* nursery(function* (target: Nursery<unknown>) {
      yield* together({
        canceller: Effect.sync(() => target.cancelScope.cancel()),
        caller: shield(
          Effect.match(target.start(child.run), {
            onSuccess: (value) => end = value,
            onFailure: (error) => {
              assert.ok(error instanceof ExitedWithoutStarting);
              assert.ok(child.isOver);
              end = error._tag;
            },
          }),
        ),
      });
    }, { onCancelled: () => undefined });
    assert.ok(child.isOver);
    return `${end}, ${child.end}`;
  }, { atLeast: 50 });

  assert.deepEqual(ends, [
    "ExitedWithoutStarting, cut short",
    "ready, cut short",
    "ready, worked",
  ]);
});

/** A child that becomes ready, works, and cleans up. */
class Child {
  end = "";
  isOver = false;

  constructor(readonly cleanup: Effect.Effect<void> = shieldedCheckpoint) {}

  readonly run = (status: TaskStatus<string>) => {
    const work = Effect.gen(function* () {
      yield* checkpoint;
      status.started("ready");
      yield* checkpoint;
    });
    return Effect.onExit(work, (exit) =>
      Effect.map(this.cleanup, () => {
        this.end = exit._tag === "Success" ? "worked" : "cut short";
        this.isOver = true;
      }));
  };
}
