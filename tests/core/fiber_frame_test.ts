import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import { Frame, framesAreKnown } from "../../src/core/_fiber_frame.ts";

/** Hears of an end, and goes on as it is told. */
class Hearing extends Frame {
  readonly heard: Array<Exit.Exit<unknown, unknown>> = [];

  constructor(readonly next: (fiber: AnyFiber) => Effect.Effect<unknown>) {
    super();
  }

  around(above: Effect.Effect<unknown, unknown>): Effect.Effect<unknown> {
    return Effect.withFiber((fiber) => {
      this.push(fiber);
      return above as Effect.Effect<unknown>;
    });
  }

  protected override ended(exit: Exit.Exit<unknown, unknown>) {
    this.heard.push(exit);
    return Effect.withFiber((fiber) => this.next(fiber));
  }
}

type AnyFiber = Fiber.Fiber<unknown, unknown>;

Deno.test("this Effect treats frames as they need it", () => {
  assert.equal(framesAreKnown(), true);
});

Deno.test("a frame hears of a success and of a failure, and answers for them", () => {
  for (const above of [Exit.succeed(1), Exit.fail("no"), Exit.die("never")]) {
    const frame = new Hearing(() => Effect.succeed("answer"));
    const exit = Effect.runSyncExit(frame.around(Effect.suspend(() => above)));
    assert.deepEqual(frame.heard, [above]);
    assert.deepEqual(exit, Exit.succeed("answer"));
  }
});

Deno.test("what a frame answers is not interrupted; what follows is", async () => {
  const trail: string[] = [];
  const frame = new Hearing((fiber) => {
    fiber.interruptUnsafe();
    return Effect.andThen(
      Effect.yieldNow,
      Effect.sync(() => trail.push("answered")),
    );
  });
  const exit = await Effect.runPromiseExit(Effect.andThen(
    frame.around(Effect.succeed(1)),
    Effect.sync(() => trail.push("followed")),
  ));
  assert(Exit.isFailure(exit) && Exit.hasInterrupts(exit));
  assert.deepEqual(trail, ["answered"]);
});

Deno.test("a failure that a frame answers joins the interruption that came meanwhile", () => {
  const frame = new Hearing((fiber) => {
    fiber.interruptUnsafe();
    return Effect.die("late");
  });
  const exit = Effect.runSyncExit(frame.around(Effect.succeed(1)));
  assert(Exit.isFailure(exit));
  assert.deepEqual(exit.cause.reasons.map((it) => it._tag), [
    "Die",
    "Interrupt",
  ]);
});

Deno.test("a frame that throws ends what it was around, and can be interrupted again", () => {
  class Broken extends Hearing {
    protected override ended(): never {
      throw new Error("broken");
    }
  }
  const frame = new Broken(() => Effect.void);
  const fiber = Effect.runFork(
    Effect.andThen(Effect.exit(frame.around(Effect.void)), Effect.never),
  );
  assert.equal(fiber.pollUnsafe(), undefined, "the failure was caught");
  fiber.interruptUnsafe();
  const exit = fiber.pollUnsafe();
  assert(exit !== undefined && Exit.hasInterrupts(exit));
  assert.match(
    String(
      Effect.runSyncExit(new Broken(() => Effect.void).around(Effect.void)),
    ),
    /broken/,
  );
});
