// A pool and the nursery around it: what the requests of one CPU scope share.

import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { Cancellation } from "../../core/cancellation.ts";
import { countForeignWork } from "../../core/foreign_work.ts";
import { type Future, wasTaken, whenSettled } from "../../core/future.ts";
import { suspendOn } from "../../core/suspend_task.ts";
import type { Nursery } from "../../core/task.ts";
import { NurseryClosed } from "../../core/usage_errors.ts";
import type { CpuError } from "../cpu_error.ts";
import type { Limiter } from "../cpu_task.ts";
import { Pool } from "./pool.ts";
import type { PoolSettings } from "./pool_policy.ts";

type AnyFiber = Parameters<typeof countForeignWork>[0];

/** How a scope works. */
export interface PoolScopeSettings extends PoolSettings {
  readonly limiter: Limiter | undefined;
}

/** What went wrong where nobody may have looked. */
interface Failed {
  readonly future: Future<unknown, unknown> | undefined;
  readonly cause: Cause.Cause<unknown>;
}

/** The pool of one CPU scope, with what outlives single requests. */
export class PoolScope {
  readonly pool: Pool;
  readonly settings: PoolScopeSettings;
  /** Where calls to the loop run whose task nobody waits for. */
  readonly nursery: Nursery<unknown, unknown>;
  /** Why everything was cancelled, once it was. */
  cancellation: Cancellation | undefined = undefined;
  readonly #fiber: AnyFiber;
  #failed: Failed[] = [];
  /** How many failures there may be before those taken since are let go. */
  #mostFailed = 64;
  /** What waits to be admitted, or streams: it ends with the scope. */
  readonly #children = new Set<Future<unknown, unknown>>();
  #isClosed = false;
  #work = 0;
  #land: (() => void) | undefined;

  constructor(
    settings: PoolScopeSettings,
    nursery: Nursery<unknown, unknown>,
    fiber: AnyFiber,
  ) {
    this.settings = settings;
    this.nursery = nursery;
    this.#fiber = fiber;
    this.pool = new Pool(settings);
  }

  /** @throws {NurseryClosed} If the scope has ended. */
  checkOpen(): void {
    if (this.#isClosed) throw new NurseryClosed(this.settings.name);
  }

  /** Counts work in flight, so that no clock jumps over it. */
  workBegins(): void {
    if (this.#work++ === 0) this.#land = countForeignWork(this.#fiber);
  }

  /** It has ended. */
  workEnds(): void {
    if (--this.#work === 0) this.#land?.();
  }

  /** Notes a failure that counts if nobody has taken it by the end. */
  noteFailed(
    future: Future<unknown, unknown> | undefined,
    exit: Exit.Exit<unknown, unknown>,
  ): void {
    if (Exit.isSuccess(exit)) return;
    if (future !== undefined && wasTaken(future)) return;
    this.#failed.push({ future, cause: exit.cause });
    if (this.#failed.length < this.#mostFailed) return;
    this.#failed = this.#failed.filter(({ future }) =>
      future === undefined || !wasTaken(future)
    );
    this.#mostFailed = Math.max(64, this.#failed.length * 2);
  }

  /** Runs `body`, waits for the jobs, and ends the workers, whatever happens. */
  around<A, E, R>(
    body: Effect.Effect<A, E, R>,
  ): Effect.Effect<A, E | CpuError, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.matchCauseEffect(restore(body), {
        onFailure: (cause) => this.#end(Exit.failCause(cause)),
        onSuccess: (value) =>
          Effect.matchCauseEffect(restore(this.#untilEmpty), {
            onFailure: (cause) => this.#end(Exit.failCause(cause)),
            onSuccess: () => this.#end(Exit.succeed(value)),
          }),
      })
    );
  }

  /** Waits until every job has ended; cancelled, it cancels them. */
  readonly #untilEmpty: Effect.Effect<void> = Effect.suspend(() =>
    suspendOn<void>(
      { label: `the tasks of CPU scope "${this.settings.name}"` },
      (settle) => {
        this.pool.open.whenNone(() => settle(Exit.void));
        return () => {
          this.#cancelAll();
          return "tooLate";
        };
      },
    )
  );

  #end<A, E>(exit: Exit.Exit<A, E>): Effect.Effect<A, E | CpuError> {
    this.#isClosed = true;
    const close = suspendOn<void>(undefined, (settle) => {
      this.workBegins();
      this.#cancelAll();
      this.pool.close().then(() => {
        this.workEnds();
        settle(Exit.void);
      });
      return undefined;
    });
    return Effect.flatMap(close, () => this.#withFailed(exit));
  }

  #cancelAll(): void {
    this.cancellation ??= new Cancellation({
      reason: { _tag: "Aborted", reason: "its CPU scope has ended" },
      scope: this.settings.name,
      requestedBy: "host",
      at: performance.now(),
    });
    for (const child of this.#children) child.cancel("its CPU scope has ended");
    this.pool.cancelAll();
  }

  /** Waits for a child of the nursery before it ends the workers. */
  keep(child: Future<unknown, unknown>): void {
    const letGo = this.pool.open.expect();
    this.#children.add(child);
    whenSettled(child, () => {
      this.#children.delete(child);
      letGo();
      return true;
    });
  }

  #withFailed<A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E | CpuError> {
    const untaken = this.#failed.filter(({ future }) =>
      future === undefined || !wasTaken(future)
    ).flatMap(({ cause }) => cause.reasons);
    if (untaken.length === 0) return exit;
    const own = Exit.isFailure(exit) ? exit.cause.reasons : [];
    return Exit.failCause(
      Cause.fromReasons([...own, ...untaken]) as Cause.Cause<E | CpuError>,
    );
  }
}
