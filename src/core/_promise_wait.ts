import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyFiber } from "./_fiber_internals.ts";
import { allBridges } from "./_bridges.ts";
import type { RunState } from "./_run_state.ts";
import { scopeOf, strandIn } from "./_strand.ts";
import type { WaitSubject } from "./wait_subject.ts";
import { Cancellation } from "./cancellation.ts";
import { notePromise } from "./leak_port.ts";
import { interruptionBy } from "./provenance.ts";
import { suspendFiber } from "./suspend_task.ts";
import { isThrownCancellation } from "./thrown_cancellation.ts";
import type { AbortVerdict } from "./_wait.ts";

/** How to wait for a promise of the host. */
export interface PromiseWait<E> {
  readonly subject: WaitSubject;
  /** Who asked for the promise, where that is to be known. */
  readonly trace?: Error | undefined;
  /** The signal that the promise was made with. */
  signal(): AbortSignal;
  /** Tells the promise that it is not wanted any more. */
  abort(byEffect: boolean, reason: Cancellation): AbortVerdict;
  /** Makes a failure of a rejection that is not the cancellation. */
  rejected(thrown: unknown): Effect.Effect<never, E>;
}

/**
 * Waits for a promise of the host, which counts as work in flight (R69), until
 * it settles or `abort` lets go of it.
 */
export function waitForPromise<A, E>(
  promise: PromiseLike<A>,
  wait: PromiseWait<E>,
): Effect.Effect<A, E> {
  // A thenable of somebody else's may throw, or call back twice.
  const settled = Promise.resolve(promise);
  // The fiber may lose its turn before it waits; a promise that is rejected by
  // then must not count as unhandled.
  settled.catch(() => {});
  notePromise(settled, wait.trace);
  return Effect.withFiber((fiber) => {
    const node = scopeOf(fiber);
    return suspendFiber<A, E>(fiber, wait.subject, (settle) => {
      const land = bridge(node?.run);
      settled.then((value) => {
        land();
        settle(Exit.succeed(value));
      }, (thrown: unknown) => {
        land();
        settle(
          isCancellation(thrown, wait.signal())
            ? endCancelled(fiber)
            : wait.rejected(thrown),
        );
      });
      return (byEffect) => {
        const reason = node?.cancellation ?? interruptedByEffect();
        const verdict = wait.abort(byEffect, reason);
        if (verdict === "aborted") land();
        return verdict;
      };
    });
  });
}

/** Counts a promise as in flight (R69); answers how to stop, once. */
export function bridge(run: RunState | undefined): () => void {
  const counters = run === undefined ? [allBridges] : [allBridges, run.bridges];
  for (const counter of counters) counter.inbound++;
  let landed = false;
  return () => {
    if (landed) return;
    landed = true;
    for (const counter of counters) counter.inbound--;
  };
}

/**
 * Is a rejection the answer to the abortion of its signal? The reason may have
 * come by another way: by the signal of a scope further out, or by the future of
 * a task that was cancelled with it.
 */
export function isCancellation(
  thrown: unknown,
  signal: AbortSignal,
): boolean {
  return signal.aborted && isThrownCancellation(thrown, signal);
}

/** Ends the wait of a task that is cancelled as cancelled. */
export function endCancelled(fiber: AnyFiber): Effect.Effect<never> {
  return Effect.suspend(() => {
    const node = scopeOf(fiber);
    const strand = node === undefined ? undefined : strandIn(node, fiber);
    if (node?.cancelled && strand !== undefined && !strand.delivered) {
      strand.interrupt();
    }
    return Effect.failCause(
      Cause.fromReasons([
        interruptionBy(node?.cancellation ?? interruptedByEffect()),
      ]),
    );
  });
}

/** What stands in where Effect interrupted a fiber and no scope was cancelled. */
export function interruptedByEffect(): Cancellation {
  return new Cancellation({
    reason: { _tag: "Aborted", reason: "interrupted by Effect" },
    scope: "fiber",
    requestedBy: "host",
    at: performance.now(),
  });
}
