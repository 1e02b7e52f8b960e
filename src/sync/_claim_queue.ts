import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { BrokenResource } from "../core/errors.ts";
import { ParkingLot, type ParkOptions } from "../core/parking_lot.ts";
import type { Settle } from "../core/suspend_task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import type { Claim, WaitQueue } from "./_wait_queue.ts";

/** The claims that wait in a parking lot, as a state machine sees them. */
export class ClaimQueue<C extends Claim> implements WaitQueue<C> {
  readonly lot: ParkingLot = new ParkingLot();

  get size(): number {
    return this.lot.size;
  }

  get head(): C | undefined {
    return this.lot.head as C | undefined;
  }

  wakeHead(): void {
    this.lot.unpark();
  }

  /** Joins from inside a wait; answers how to leave. */
  enter(
    settle: Settle<void, never>,
    claim: C,
    options: { readonly subject: WaitSubject; readonly lost: () => void },
  ): () => "aborted" {
    return enterOrDie(this.lot, settle, { payload: claim, ...options });
  }
}

/**
 * Joins a lot whose breaking is a defect: there is no typed failure for it in
 * what waits here.
 */
export function enterOrDie(
  lot: ParkingLot,
  settle: Settle<void, never>,
  options: ParkOptions<void>,
): () => "aborted" {
  return lot.enter<void>(
    (result, lost) => settle(orDefect(result), lost),
    options,
  );
}

function orDefect(
  result: Effect.Effect<void, BrokenResource>,
): Effect.Effect<void> {
  const succeeded = Exit.isExit(result) && Exit.isSuccess(result);
  return succeeded ? result as Exit.Exit<void> : Effect.orDie(result);
}
