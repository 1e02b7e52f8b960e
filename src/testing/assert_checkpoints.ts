import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Tracer from "npm:effect@^4.1.0/Tracer";
import type {
  Body0,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import type { AnyTask } from "../core/task.ts";
import { taskOf } from "../core/turn_port.ts";
import { NotInRun } from "../core/usage_errors.ts";
import { PointCounter } from "./_point_counter.ts";
import { NoCheckpoint, UnexpectedCheckpoint } from "./errors.ts";

/**
 * Runs `body` and dies unless it passed a checkpoint: at least one point at which
 * it could have been cancelled, and one at which others had their turn.
 *
 * Every wait counts, those of Effect as well as those of Espalier. A body that
 * fails is not judged: its failure is what comes out (R20).
 *
 * - **Cancellation:** as for `body`.
 * - **Failure:** that of the body; the defect `NoCheckpoint`.
 *
 * @example An operation that keeps the rule
 * ```ts
 * import { Event, run } from "espalier";
 * import { assertCheckpoints } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const event = new Event();
 * event.set();
 * await run(assertCheckpoints(event.wait));
 * assert(event.isSet);
 * ```
 *
 * @param body The body.
 * @returns The body's value.
 */
export function assertCheckpoints<X extends Result>(
  body: Body0<X>,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  return counting<X>(body, ({ cancelPoints, schedulePoints }) => {
    if (cancelPoints > 0 && schedulePoints > 0) return undefined;
    return new NoCheckpoint(
      cancelPoints > 0
        ? "no schedule point"
        : schedulePoints > 0
        ? "no cancel point"
        : "no cancel point and no schedule point",
    );
  });
}

/**
 * Runs `body` and dies if it passed any point at which it could have been
 * cancelled, or at which others had their turn.
 *
 * - **Cancellation:** as for `body`.
 * - **Failure:** that of the body; the defect `UnexpectedCheckpoint`.
 *
 * @example A step that nobody can interrupt
 * ```ts
 * import { run } from "espalier";
 * import { assertNoCheckpoints } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * let balance = 10;
 * await run(assertNoCheckpoints(function* () {
 *   balance -= 7;
 *   balance += 7;
 * }));
 * assert.equal(balance, 10);
 * ```
 *
 * @param body The body.
 * @returns The body's value.
 */
export function assertNoCheckpoints<X extends Result>(
  body: Body0<X>,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  return counting<X>(body, ({ cancelPoints, schedulePoints }) => {
    const found = [
      ...(cancelPoints > 0 ? ["a cancel point"] : []),
      ...(schedulePoints > 0 ? ["a schedule point"] : []),
    ];
    return found.length === 0
      ? undefined
      : new UnexpectedCheckpoint(found.join(" and "));
  });
}

/** Runs a body and judges it by the points it passed. */
function counting<X extends Result>(
  body: Body0<X>,
  judge: (counter: PointCounter) => Error | undefined,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  const use = effectOfHere<X>(body);
  return Effect.withFiber((fiber) => {
    const task: AnyTask | undefined = taskOf(fiber);
    if (task === undefined) {
      return Effect.die(new NotInRun("count checkpoints"));
    }
    const counter = new PointCounter(task, fiber.getRef(Tracer.Tracer));
    return Effect.flatMap(
      Effect.provideService(use, Tracer.Tracer, counter.tracer),
      (value) => {
        const breach = judge(counter);
        return breach === undefined
          ? Effect.succeed(value)
          : Effect.die(breach);
      },
    );
  });
}
