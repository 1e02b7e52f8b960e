import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../channels/channel.ts";
import {
  type FallibleSendChannel,
  openFallibleChannel,
} from "../channels/fallible_channel.ts";
import { checkpointIfCancelled } from "../core/checkpoint.ts";
import { errorOf, failuresOf } from "../core/error_group.ts";
import { thenClean } from "../core/item_source.ts";
import { openNursery } from "../core/scoped_nursery.ts";

/** What is pulled from, and closed once. */
export interface PumpSource<T> {
  /** Waits for the next step; dies with what the source throws. */
  pull(): Effect.Effect<IteratorResult<T, unknown>>;
  /** Closes it where it has not come to its end, and waits for its cleanup. */
  readonly close: Effect.Effect<void>;
}

/** What is pumped into a channel, and how. */
export interface PumpOptions<T, E> {
  /** How many items are kept ahead of whoever receives. */
  readonly capacity: number;
  /** Makes a typed failure of what the source throws. */
  readonly catch: ((thrown: unknown) => E) | undefined;
  /** Makes the source; handed the signal of the task. */
  open(signal: AbortSignal): PumpSource<T>;
}

/**
 * Opens a channel whose values a task of its own pulls out of a source, each
 * when somebody waits for it.
 *
 * @param prepare Called when the Effect runs and has not been cancelled; from
 * then on the source is closed, whatever happens.
 */
export function openPump<T, E>(
  name: string,
  prepare: () => PumpOptions<T, E>,
): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope> {
  const opened = openNursery({ name }, (n) => {
    const options = prepare();
    const [send, receive] = openFallibleChannel<T, E>(options.capacity, {
      name,
    });
    // It takes its first step even if it is cancelled before that (R17).
    n.startSoon((signal: AbortSignal) => pump(send, options, signal), { name });
    return receive;
  });
  return Effect.flatMap(checkpointIfCancelled, () => opened);
}

function pump<T, E>(
  send: FallibleSendChannel<T, E>,
  options: PumpOptions<T, E>,
  signal: AbortSignal,
): Effect.Effect<void> {
  const source = options.open(signal);
  const failed = (cause: Cause.Cause<never>) =>
    send.failCause(failureOf(cause, options.catch));
  return thenClean(
    thenClean(pullAll(source, send, failed), source.close),
    Effect.sync(() => send.close()),
  );
}

/**
 * Pulls and sends up to the end of the source, or until nobody is left who could
 * receive.
 *
 * Order: nothing is pulled before somebody waits for it, or the buffer has room.
 */
function pullAll<T, E>(
  source: PumpSource<T>,
  send: FallibleSendChannel<T, E>,
  failed: (cause: Cause.Cause<never>) => void,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    let wanted = yield* isDone(send.ready);
    while (wanted) {
      const exit = yield* Effect.exit(source.pull());
      if (Exit.isFailure(exit)) return failed(exit.cause);
      if (exit.value.done) return;
      wanted = (yield* isDone(send.send(exit.value.value))) &&
        (yield* isDone(send.ready));
    }
  });
}

/** Tells success from failure. */
function isDone(
  attempt: Effect.Effect<void, unknown>,
): Effect.Effect<boolean> {
  return Effect.match(attempt, {
    onSuccess: () => true,
    onFailure: () => false,
  });
}

/** Types what a source threw; a `catch` that throws makes a defect of that. */
function failureOf<E>(
  cause: Cause.Cause<never>,
  type: ((thrown: unknown) => E) | undefined,
): Cause.Cause<E> {
  const [failure] = failuresOf(cause);
  if (type === undefined || failure === undefined) return cause;
  try {
    return Cause.fail(type(errorOf(failure)));
  } catch (thrown) {
    return Cause.die(thrown);
  }
}
