import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Result from "npm:effect@^4.1.0/Result";
import type * as Stream from "npm:effect@^4.1.0/Stream";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
} from "../core/body.ts";
import { attemptOrWait } from "../core/checkpoint.ts";
import { rejectionOf } from "../core/error_group.ts";
import { WouldBlock } from "../core/room_errors.ts";
import { iterate } from "./_async_iterable.ts";
import { forEachValue } from "./_for_each.ts";
import { Intake, type ReceiveFailure, ReceiveWait } from "./_intake.ts";
import { streamOf } from "./_stream.ts";
import type { ChannelStatistics, ReceiveChannel } from "./channel.ts";
import { ChannelClosed } from "./errors.ts";

/** A receive handle on an outlet of whatever kind. */
export class ReceiveHandle<T, E> implements ReceiveChannel<T, E> {
  readonly intake: Intake<T, E>;
  readonly receive: Effect.Effect<T, ReceiveFailure<E>>;

  constructor(intake: Intake<T, E>) {
    this.intake = intake;
    this.receive = attemptOrWait<T, ReceiveFailure<E>>(
      { label: `receive from ${intake.ending.label}` },
      () => intake.attempt(undefined),
      (settle) => intake.wait(new ReceiveWait(intake, undefined, settle)),
    );
  }

  tryReceive(): Result.Result<T, ReceiveFailure<E> | WouldBlock> {
    const granted = this.intake.attempt(undefined);
    if (granted === undefined) {
      return Result.fail(
        new WouldBlock("receive from", this.intake.ending.label),
      );
    }
    const { result } = granted;
    if (Exit.isSuccess(result)) return Result.succeed(result.value);
    const [failure] = result.cause.reasons;
    if (failure?._tag === "Fail") return Result.fail(failure.error);
    // The producer died: nothing that a result could hold.
    throw rejectionOf(result.cause);
  }

  clone(): ReceiveHandle<T, E> {
    const { isClosed, outlet, ending } = this.intake;
    if (isClosed) {
      throw new ChannelClosed("clone a receive handle of", ending.label);
    }
    outlet.openHandles++;
    return new ReceiveHandle(new Intake(outlet, ending));
  }

  close(): void {
    this.intake.close();
  }

  [Symbol.dispose](): void {
    this.intake.close();
  }

  statistics(): ChannelStatistics {
    return this.intake.outlet.statistics();
  }

  forEach<X extends BodyResult>(
    body: (value: T, signal: AbortSignal) => X,
  ): Effect.Effect<void, E | ErrorOf<X> | ChannelClosed, ServicesOf<X>> {
    return forEachValue(this.receive, body);
  }

  toStream(): Stream.Stream<T, E | ChannelClosed> {
    return streamOf(this.receive);
  }

  toAsyncIterable(): AsyncIterable<T> {
    return iterate(this.intake);
  }
}
