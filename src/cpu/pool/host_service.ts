// What tasks call on the loop: each call is a task of its own in a nursery.

import * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyBody } from "../../core/any_body.ts";
import { effectOfHere } from "../../core/body_here.ts";
import { type Future, whenSettled } from "../../core/future.ts";
import type { Nursery } from "../../core/task.ts";
import type { HostCall, Job } from "./job.ts";

/** The call to the loop that a fiber works for. */
export const CurrentHostCall: Context.Reference<HostCall | undefined> = Context
  .Reference<HostCall | undefined>("espalier/cpu/HostCall", {
    defaultValue: () => undefined,
  });

let open = 0;

/** Whether any task waits for a call to the loop. */
export function anyHostCall(): boolean {
  return open > 0;
}

/** Answers the calls that one job makes to the loop. */
export class HostService {
  readonly #pool: object;
  readonly #nursery: Nursery<unknown, unknown>;
  readonly #calls = new Set<Future<unknown, unknown>>();

  constructor(pool: object, nursery: Nursery<unknown, unknown>) {
    this.#pool = pool;
    this.#nursery = nursery;
  }

  /** Calls `name` and answers with what it comes to. */
  call(job: Job, name: string, args: readonly unknown[], call: number): void {
    const hostCall: HostCall = { pool: this.#pool, waitsFor: new Set() };
    (job.hostCalls ??= new Set()).add(hostCall);
    const work = Effect.provideService(
      offered(job, name, args),
      CurrentHostCall,
      hostCall,
    );
    const future: Future<unknown, unknown> = this.#nursery.startSoon(work, {
      name: `callHost "${name}"`,
    });
    this.#calls.add(future);
    open++;
    whenSettled(future, (exit) => {
      this.#calls.delete(future);
      open--;
      job.hostCalls?.delete(hostCall);
      job.place?.answer(call, exit as Exit.Exit<unknown, unknown>);
      return true;
    });
  }

  /** Ends the calls that are not answered. */
  close(): void {
    for (const call of this.#calls) call.cancel("the task has ended");
  }
}

/** Answers a call by a name that the task was not offered. */
export function refuseCall(job: Job, name: string, call: number): void {
  const error = new Error(
    `Cannot call "${name}" on the host: "${job.task.name}" is offered nothing of that name`,
  );
  job.place?.answer(call, Exit.die(error));
}

/** Whether a task was offered `name`. */
export function isOffered(job: Job, name: string): boolean {
  const { host } = job.task.options;
  return host !== undefined && Object.hasOwn(host, name);
}

function offered(
  job: Job,
  name: string,
  args: readonly unknown[],
): Effect.Effect<unknown, unknown> {
  const host = job.task.options.host!;
  return Effect.suspend((): Effect.Effect<unknown, unknown> => {
    const made = host[name]!(...args);
    const body = (() => made) as AnyBody;
    const isBody = Effect.isEffect(made) || hasMethod(made, "then") ||
      (hasMethod(made, "next") && hasMethod(made, Symbol.iterator));
    return isBody
      ? effectOfHere<Effect.Effect<unknown, unknown>>(body)
      : Effect.succeed(made);
  });
}

function hasMethod(value: unknown, key: PropertyKey): boolean {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, key) === "function";
}
