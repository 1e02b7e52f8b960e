import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type {
  Body0,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { attemptOrWait } from "../core/checkpoint.ts";
import type { Settle } from "../core/suspend_task.ts";
import { SequenceBroken } from "./errors.ts";

/**
 * Makes bodies of different tasks run in a certain order, whatever order the
 * tasks come in.
 *
 * Each body is given a point, from 0 up. A body runs when that of the point
 * before it has ended, however it ended. Each point is good for one body.
 *
 * - **Order:** point 0 at once, each later one after the end of the one before.
 * - **Failure:** the defect `SequenceBroken` for a point that is claimed again,
 *   and for everybody, now and later, once a task was cancelled that waited.
 *
 * @example The second task goes first
 * ```ts
 * import { nursery, run } from "espalier";
 * import { Sequencer } from "espalier/testing";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const order = new Sequencer();
 * const trail: string[] = [];
 * await run(nursery(function* (n) {
 *   n.startSoon(order.at(1, Effect.sync(() => trail.push("first task"))));
 *   n.startSoon(order.at(0, Effect.sync(() => trail.push("second task"))));
 *   yield* Effect.void;
 * }));
 * assert.deepEqual(trail, ["second task", "first task"]);
 * ```
 */
export class Sequencer {
  readonly #claimed = new Set<number>();
  readonly #passed = new Set<number>();
  readonly #waiting = new Map<number, Settle<void, never>>();
  #isBroken = false;

  /**
   * Runs `body` when the body of the point before it has ended.
   *
   * - **Cancellation:** a checkpoint, then as for `body`. A cancellation before
   *   the body has begun breaks the sequence for everybody.
   *
   * @param point The place in the order, from 0 up.
   * @param body The body.
   * @returns The body's value.
   * @throws {RangeError} If `point` is not an integer of at least 0.
   */
  at<X extends Result>(
    point: number,
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    if (!Number.isInteger(point) || point < 0) {
      throw new RangeError(
        "Cannot make a point of a sequence: it must be an integer of at least " +
          `0: received ${point}`,
      );
    }
    const use = effectOfHere<X>(body);
    return Effect.suspend(() => {
      if (this.#claimed.has(point)) {
        return Effect.die(new SequenceBroken(point, "it has been used before"));
      }
      this.#claimed.add(point);
      let hasBegun = false;
      const begin = Effect.suspend(() => {
        hasBegun = true;
        return use;
      });
      return Effect.ensuring(
        Effect.andThen(this.#reach(point), begin),
        Effect.sync(() => hasBegun ? this.#pass(point) : this.#break()),
      );
    });
  }

  #reach(point: number): Effect.Effect<void> {
    return attemptOrWait<void, never>(
      { label: `point ${point} of a Sequencer` },
      () => {
        if (this.#isBroken) return { result: brokenAt(point) };
        const isNext = point === 0 || this.#passed.has(point - 1);
        return isNext ? { result: Exit.void } : undefined;
      },
      (settle) => {
        this.#waiting.set(point, settle);
        return () => {
          this.#waiting.delete(point);
          return "aborted";
        };
      },
    );
  }

  #pass(point: number): void {
    this.#passed.add(point);
    const settle = this.#waiting.get(point + 1);
    this.#waiting.delete(point + 1);
    settle?.(Exit.void);
  }

  #break(): void {
    this.#isBroken = true;
    for (const [point, settle] of this.#waiting) settle(brokenAt(point));
    this.#waiting.clear();
  }
}

function brokenAt(point: number): Exit.Exit<never> {
  return Exit.die(
    new SequenceBroken(point, "a task that waited for its point was cancelled"),
  );
}
