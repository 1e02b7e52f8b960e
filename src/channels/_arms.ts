import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import { alarmIn } from "../core/alarm.ts";
import type { AnyBody } from "../core/any_body.ts";
import type { Result } from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import type { Granted } from "../core/checkpoint.ts";
import { type Future, whenSettled } from "../core/future.ts";
import { resultOf } from "../core/outcome.ts";
import { type Intake, ReceiveWait } from "./_intake.ts";
import type { Arm, Consequence, Selection } from "./_selection.ts";
import { type SendHandle, SendWait } from "./_send_handle.ts";

/** Waits for a value. */
export class ReceiveArm<T, E> implements Arm {
  constructor(readonly intake: Intake<T, E>, readonly body: AnyBody) {}

  attempt(): Granted<unknown, unknown> | undefined {
    const granted = this.intake.attempt(this);
    if (granted === undefined) return undefined;
    return { ...granted, result: this.#then(granted.result) };
  }

  enter(selection: Selection): () => void {
    return this.intake.wait(
      new ReceiveWait(this.intake, selection, (exit, lost) => {
        selection.commit(this.#then(exit), lost);
      }),
    );
  }

  #then(exit: Exit.Exit<T, unknown>): Consequence {
    return Exit.isSuccess(exit) ? followed(this.body, [exit.value]) : exit;
  }
}

/** Waits until a value can be sent. */
export class SendArm<T> implements Arm {
  constructor(
    readonly handle: SendHandle<T>,
    readonly value: T,
    readonly body: AnyBody,
  ) {}

  attempt(): Granted<unknown, unknown> | undefined {
    const granted = this.handle.attempt(this.value, this);
    if (granted === undefined) return undefined;
    return { ...granted, result: this.#then(granted.result) };
  }

  enter(selection: Selection): () => void {
    return this.handle.wait(
      new SendWait(this.handle, selection, this.value, (exit, lost) => {
        selection.commit(this.#then(exit), lost);
      }),
    );
  }

  #then(sent: Consequence): Consequence {
    return Exit.isExit(sent) && Exit.isFailure(sent)
      ? sent
      : followed(this.body);
  }
}

/** Waits for a length of time. */
export class SleepArm implements Arm {
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
      selection.commit(followed(this.body));
    });
  }
}

/** Waits for the result of a future. */
export class FutureArm<A, E> implements Arm {
  constructor(readonly future: Future<A, E>, readonly body: AnyBody) {}

  attempt(): Granted<unknown, unknown> | undefined {
    let result: Consequence | undefined;
    const forget = whenSettled(this.future, (exit) => {
      result = this.#then(exit);
      return true;
    });
    if (result !== undefined) return { result };
    forget();
    return undefined;
  }

  enter(selection: Selection): () => void {
    return whenSettled(
      this.future,
      (exit) => selection.commit(this.#then(exit)),
    );
  }

  #then(exit: Exit.Exit<unknown, unknown>): Consequence {
    const result = resultOf(exit);
    return Exit.isSuccess(result)
      ? followed(this.body, [result.value])
      : result;
  }
}

function followed(body: AnyBody, args: readonly unknown[] = []): Consequence {
  return effectOfHere<Result<unknown, unknown, never>>(body, args);
}
