import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { ErrorOf, ServicesOf, SuccessOf } from "../core/body.ts";
import {
  checkpointIfCancelled,
  shieldedCheckpoint,
} from "../core/checkpoint.ts";
import { watchChildren } from "../core/child_watch.ts";
import { nursery } from "../core/nursery.ts";
import { resultOf } from "../core/outcome.ts";
import { type Settle, suspendOn } from "../core/suspend_task.ts";
import type { Nursery } from "../core/task.ts";
import { type Member, membersOf } from "./_members.ts";
import type { MemberBody, ResultOf } from "./bodies.ts";

/**
 * Runs all bodies at once and answers with the first success; the rest are
 * cancelled.
 *
 * Which bodies there are is read when `race` is called, so that the Effect can
 * run again.
 *
 * - **Order:** bodies start in their order; of two that succeed in one turn the
 *   first to do so wins.
 * - **Cancellation:** a checkpoint. The losers are cancelled when one has won,
 *   and the call ends after the last of them has cleaned up. Cancelling the
 *   caller cancels all of them; a race that has been won by then keeps its winner
 *   (R13).
 * - **Failure:** a body that fails, whichever way, is out of the race. Only when
 *   all of them have failed does the call fail, with every failure, in order. A
 *   loser whose cleanup dies when it is cancelled fails the race, won or not:
 *   that is a mistake in the program, and not a lost race. A body that was
 *   cancelled on its own has failed with the defect `TaskCancelled`.
 *
 * @example Ask two, take the first answer
 * ```ts
 * import { race, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const first = race([
 *   Effect.as(sleep(60_000), "slow"),
 *   Effect.fail("unreachable"),
 *   Effect.as(sleep(1), "quick"),
 * ]);
 * assert.equal(await run(first), "quick");
 * ```
 *
 * @typeParam B The type of a body.
 * @param bodies The bodies, at least one.
 * @returns What the winner succeeded with.
 * @throws {RangeError} If there are no bodies.
 * @throws {TypeError} If `bodies` cannot be iterated over.
 */
export function race<B extends MemberBody>(
  bodies: Iterable<B>,
): Effect.Effect<
  SuccessOf<ResultOf<B>>,
  ErrorOf<ResultOf<B>>,
  ServicesOf<ResultOf<B>>
> {
  const members = membersOf(bodies, "race");
  if (members.length === 0) {
    throw new RangeError("Cannot race: there are no bodies, so none can win");
  }
  const raced = nursery(
    (n: Nursery<unknown, unknown>) => new Race(n, members).result,
    { name: "race", onChildFailure: "isolate" },
  );
  return Effect.flatMap(checkpointIfCancelled, () => raced) as Effect.Effect<
    never,
    never,
    ServicesOf<ResultOf<B>>
  >;
}

/** What a race waits for. */
const FINISH = { label: "the winner of a race" };

interface Win {
  readonly place: number;
  readonly value: unknown;
}

/**
 * One race.
 *
 * ```
 * open ──a success──▶ won ──two turns──▶ over: the others are cancelled
 *   ├──the last failure──▶ lost by all
 *   └──the caller is cancelled──▶ over
 * ```
 *
 * Until it is over a failure is only a loss; from then on a defect is one of a
 * cleanup.
 */
class Race {
  readonly #nursery: Nursery<unknown, unknown>;
  readonly #members: readonly Member[];
  readonly #losses: Cause.Reason<unknown>[] = [];
  #running: number;
  #isOver = false;

  constructor(nursery: Nursery<unknown, unknown>, members: readonly Member[]) {
    this.#nursery = nursery;
    this.#members = members;
    this.#running = members.length;
  }

  get result(): Effect.Effect<unknown, unknown> {
    const finish = suspendOn<Win, unknown>(FINISH, (settle) => {
      watchChildren(
        this.#nursery,
        (place, exit) => this.#ended(exit, place, settle),
      );
      for (const { body } of this.#members) {
        this.#nursery.startSoon(body as never);
      }
      return () => {
        this.#isOver = true;
        return "aborted";
      };
    });
    // One more turn: what has been decided by now has lost on its own account.
    const won = Effect.flatMap(
      finish,
      (win) => Effect.as(shieldedCheckpoint, win),
    );
    return Effect.map(won, ({ place, value }) => {
      this.#isOver = true;
      if (this.#running > 0) {
        this.#nursery.cancelScope.cancel(
          `body ${place + 1} of ${this.#members.length} has won`,
        );
      }
      return value;
    });
  }

  /** Answers whether the nursery need not mind how the body ended. */
  #ended(
    exit: Exit.Exit<unknown, unknown>,
    place: number,
    settle: Settle<Win, unknown>,
  ): boolean {
    this.#running--;
    if (Exit.isSuccess(exit)) {
      settle(Exit.succeed({ place, value: exit.value }));
    } else if (this.#isOver) {
      return !Cause.hasDies(exit.cause);
    } else {
      this.#lost(exit);
      if (this.#running === 0) {
        settle(Exit.failCause(Cause.fromReasons(this.#losses)));
      }
    }
    return true;
  }

  #lost(exit: Exit.Exit<unknown, unknown>): void {
    const loss = resultOf(exit);
    if (Exit.isSuccess(loss)) return;
    for (const reason of loss.cause.reasons) {
      if (reason._tag !== "Interrupt") this.#losses.push(reason);
    }
  }
}
