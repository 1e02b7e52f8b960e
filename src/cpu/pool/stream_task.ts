// A generator on a worker as a channel on the loop: what is behind `stream`.
//
// The worker may make as many items as it has credit. An item that the channel
// has taken gives its credit back; items that the channel is too full for wait
// here, and their credit with them.

import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Result from "npm:effect@^4.1.0/Result";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../../channels/channel.ts";
import {
  type FallibleSendChannel,
  openFallibleChannel,
} from "../../channels/fallible_channel.ts";
import { whenRoom } from "../../channels/when_room.ts";
import { TaskCancelled } from "../../core/cancellation_errors.ts";
import { suspendOn } from "../../core/suspend_task.ts";
import type { CpuError } from "../cpu_error.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { HostService } from "./host_service.ts";
import { Job, type JobExit, type JobOwner } from "./job.ts";
import type { PoolScope } from "./pool_scope.ts";
import { exitOfThrown, type Request } from "./run_task.ts";

/** Items that may lie in the channel, and as many on the way. */
const CREDIT = 256;

/** Where items that wait go on into the channel, many at once. */
const LOW_WATER = CREDIT / 2;

/** Streams what a generator task makes, for as long as the scope is open. */
export function streamTask(
  scope: PoolScope,
  request: Request,
): Effect.Effect<ReceiveChannel<unknown, CpuError>, never, Scope.Scope> {
  return Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new StreamJob(scope, request)),
      (stream) => stream.close,
    ),
    (stream) => stream.receive,
  );
}

class StreamJob implements JobOwner {
  readonly receive: ReceiveChannel<unknown, CpuError>;
  readonly #scope: PoolScope;
  readonly #send: FallibleSendChannel<unknown, CpuError>;
  readonly #host: HostService | undefined;
  #job: Job | undefined;
  #isEnded = false;
  #isLeft = false;
  #isWaiting = false;
  #overflow: { readonly value: unknown; readonly weight: number }[] = [];
  #owed = 0;
  #exit: JobExit | undefined;
  #whenEnded: (() => void) | undefined;

  constructor(scope: PoolScope, { task, args, near }: Request) {
    scope.checkOpen();
    this.#scope = scope;
    const name = task.name;
    [this.#send, this.receive] = openFallibleChannel<unknown, CpuError>(
      CREDIT,
      { name },
    );
    scope.workBegins();
    this.#host = task.options.host &&
      new HostService(scope.pool, scope.nursery);
    try {
      const ready = prepareArgs(args, task.options.transfer);
      const spec = { task, args: ready, owner: this, near, credit: CREDIT };
      this.#job = new Job(spec);
      scope.pool.add(this.#job);
    } catch (error) {
      this.settled(exitOfThrown(error));
    }
  }

  item(value: unknown, weight: number): void {
    if (this.#isLeft) return;
    if (this.#isWaiting) this.#overflow.push({ value, weight });
    else if (!this.#offer(value, weight)) this.#waitForRoom();
  }

  hostCall(name: string, args: readonly unknown[], call: number): void {
    this.#host?.call(this.#job!, name, args, call);
  }

  settled(exit: JobExit): void {
    this.#isEnded = true;
    this.#exit = exit;
    this.#scope.workEnds();
    this.#host?.close();
    if (!this.#isWaiting) this.#finish();
    this.#whenEnded?.();
  }

  /** Leaves: the generator returns; one that does not is stopped. */
  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    this.receive.close();
    this.#leave();
    // A job that had not started has ended by that.
    if (this.#isEnded) return Effect.void;
    return suspendOn<void>(undefined, (settle) => {
      const { pool, settings } = this.#scope;
      const timer = setTimeout(
        () => this.#job && pool.cancel(this.#job),
        settings.grace,
      );
      this.#whenEnded = () => {
        clearTimeout(timer);
        settle(Exit.void);
      };
      return undefined;
    });
  });

  /** Puts an item into the channel, if there is room. */
  #offer(value: unknown, weight: number): boolean {
    const sent = this.#send.trySend(value);
    if (Result.isSuccess(sent)) {
      this.#owed += weight;
      if (this.#owed * 2 >= CREDIT) this.#grant();
      return true;
    }
    if (sent.failure._tag !== "WouldBlock") {
      this.#leave();
      return true;
    }
    this.#overflow.push({ value, weight });
    return false;
  }

  #grant(): void {
    this.#job?.place?.grant(this.#owed);
    this.#owed = 0;
  }

  #waitForRoom(): void {
    this.#isWaiting = true;
    whenRoom(
      this.#send,
      LOW_WATER,
      (news) => news === "room" ? this.#goOn() : this.#leave(),
    );
  }

  /** There is room again. */
  #goOn(): void {
    this.#isWaiting = false;
    const overflow = this.#overflow;
    this.#overflow = [];
    for (let index = 0; index < overflow.length; index++) {
      const { value, weight } = overflow[index]!;
      if (this.#offer(value, weight)) continue;
      this.#overflow.push(...overflow.slice(index + 1));
      return this.#waitForRoom();
    }
    if (this.#isEnded) this.#finish();
  }

  /** Nobody reads on. */
  #leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#isWaiting = false;
    this.#overflow = [];
    const job = this.#job;
    if (this.#isEnded || job === undefined) return;
    if (job.position === undefined || job.place === undefined) {
      this.#scope.pool.cancel(job);
    } else job.place.leave(job);
  }

  #finish(): void {
    const exit = this.#exit!;
    if (exit === "cancelled") {
      const { cancellation } = this.#scope;
      if (cancellation === undefined) this.#send.close();
      else this.#send.failCause(Cause.die(new TaskCancelled(cancellation)));
    } else if (Exit.isSuccess(exit)) this.#send.close();
    else {
      this.#send.failCause(exit.cause);
      if (this.#isLeft) this.#scope.noteFailed(undefined, exit);
    }
  }
}
