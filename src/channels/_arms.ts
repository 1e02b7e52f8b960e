import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import { alarmIn } from "../core/alarm.ts";
import type { AnyBody } from "../core/any_body.ts";
import type { Result } from "../core/body.ts";
import { enterHere } from "../core/body_here.ts";
import type { Granted } from "../core/checkpoint.ts";
import { type Future, whenSettled } from "../core/future.ts";
import { resultOf } from "../core/outcome.ts";
import { type Intake, ReceiveWait } from "./_intake.ts";
import type { Arm, Selection } from "./_selection.ts";
import { type SendHandle, SendWait } from "./_send_handle.ts";

/** Waits for a value. */
export class ReceiveArm<T, E> implements Arm {
  readonly takesValue = true;

  constructor(readonly intake: Intake<T, E>, readonly body: AnyBody) {}

  attempt(): Granted<unknown, unknown> | undefined {
    const granted = this.intake.attempt(this);
    return granted && follow(this, granted.result, granted.lost);
  }

  enter(selection: Selection): () => void {
    return this.intake.wait(
      new ReceiveWait(this.intake, selection, (exit, lost) => {
        selection.commit(follow(this, exit, lost));
      }),
    );
  }
}

/** Waits until a value can be sent. */
export class SendArm<T> implements Arm {
  readonly takesValue = false;

  constructor(
    readonly handle: SendHandle<T>,
    readonly value: T,
    readonly body: AnyBody,
  ) {}

  attempt(): Granted<unknown, unknown> | undefined {
    const granted = this.handle.attempt(this.value, this);
    return granted && follow(this, granted.result, granted.lost);
  }

  enter(selection: Selection): () => void {
    return this.handle.wait(
      new SendWait(this.handle, selection, this.value, (exit, lost) => {
        selection.commit(follow(this, exit, lost));
      }),
    );
  }
}

/** Waits for a length of time. */
export class SleepArm implements Arm {
  readonly takesValue = false;

  constructor(readonly ms: number, readonly body: AnyBody) {}

  /** A time that is yet to begin has not passed: not even no time at all. */
  attempt(): undefined {
    return undefined;
  }

  enter(
    selection: Selection,
    fiber: Fiber.Fiber<unknown, unknown>,
  ): () => void {
    return alarmIn(fiber, this.ms, () => {
      selection.commit(follow(this, Exit.void));
    });
  }
}

/** Waits for the result of a future. */
export class FutureArm<A, E> implements Arm {
  readonly takesValue = true;

  constructor(readonly future: Future<A, E>, readonly body: AnyBody) {}

  attempt(): Granted<unknown, unknown> | undefined {
    let settled: Exit.Exit<unknown, unknown> | undefined;
    const forget = whenSettled(this.future, (exit) => {
      settled = exit;
      return true;
    });
    if (settled !== undefined) return follow(this, resultOf(settled));
    forget();
    return undefined;
  }

  enter(selection: Selection): () => void {
    return whenSettled(
      this.future,
      (exit) => selection.commit(follow(this, resultOf(exit))),
    );
  }
}

/**
 * What a select goes on with after an event: its body, entered with what the
 * event brought, or the failure of the event.
 *
 * Invariant: after the event there are two ways, and one of them is taken: the
 * body is entered, or what was granted is given to somebody else.
 */
function follow(
  { body, takesValue }: Follower,
  event: Exit.Exit<unknown, unknown>,
  lost: () => void = () => {},
): Granted<unknown, unknown> {
  if (Exit.isFailure(event)) return { result: event, lost };
  let isEntered = false;
  return {
    result: Effect.withFiber((fiber) => {
      isEntered = true;
      const args = takesValue ? [event.value] : [];
      return enterHere<Result<unknown, unknown, never>>(fiber, body, args);
    }),
    lost: () => {
      if (!isEntered) lost();
    },
  };
}

/** A body, and whether it is handed what the event brought. */
interface Follower {
  readonly body: AnyBody;
  readonly takesValue: boolean;
}
