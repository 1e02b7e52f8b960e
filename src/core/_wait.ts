import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import {
  type AnyFiber,
  isInterruptible,
  whenInterruptible,
} from "./_fiber_internals.ts";
import type { Job, RunQueue } from "./_run_queue.ts";
import type { RunState } from "./_run_state.ts";
import type { ScopeNode, ScopeOwner } from "./_scope_tree.ts";
import { isForkedUnderShield, type Strand } from "./_strand.ts";
import type { OpenWait, WaitSubject } from "./wait_subject.ts";
import { annotationsFor } from "./provenance.ts";
import { InternalError } from "./usage_errors.ts";

/** What an abort function answers: undone, or too late to undo. */
export type AbortVerdict = "aborted" | "tooLate";

/** Undoes a wait if it can; is told whether Effect or a scope asks for it. */
export type Abort = (byEffect: boolean) => AbortVerdict | typeof ELSEWHERE;

/**
 * The answer of a wait for something that hears of scopes by itself, in the
 * tree: it goes on as if no scope had asked, and Effect may still ask.
 */
export const ELSEWHERE: unique symbol = Symbol("elsewhere");

/** The surroundings of a wait. */
export interface WaitPlace {
  readonly fiber: AnyFiber;
  readonly queue: RunQueue;
  readonly run: RunState;
  readonly node: ScopeNode | undefined;
  readonly strand: Strand | undefined;
}

/**
 * One wait of one task: the protocol of R12 to R15.
 *
 * ```
 * open ──settle──▶ settled ──queue──▶ done        the result reached the task
 *   │                 └──interrupted by Effect──▶ done     `lost` is called
 *   ├──cancelled, abort says "aborted"──▶ undone          the task is interrupted
 *   └──cancelled, abort says "tooLate"──▶ refused ──settle──▶ settled
 * ```
 *
 * Invariant: `abort` is called at most once, and never after `settle`; but one
 * that answers `ELSEWHERE` to scopes may be called once more, for Effect.
 */
export class Wait<A, E> implements Job, OpenWait {
  #state: "open" | "refused" | "settled" | "undone" | "done" = "open";
  #result: Effect.Effect<A, E> | undefined = undefined;
  #resume: (result: Effect.Effect<A, E>) => void;
  #abort: Abort | undefined = undefined;
  #lost: (() => void) | undefined = undefined;
  #settledWhileUndoing: (() => void) | undefined = undefined;
  readonly #place: WaitPlace;
  readonly subject: WaitSubject | undefined;

  constructor(
    place: WaitPlace,
    subject: WaitSubject | undefined,
    resume: (result: Effect.Effect<A, E>) => void,
  ) {
    this.#place = place;
    this.subject = subject;
    this.#resume = resume;
  }

  get fiber(): AnyFiber {
    return this.#place.fiber;
  }

  get owner(): ScopeOwner | undefined {
    return this.#place.node?.owner;
  }

  /** Opens the wait; a task that is cancelled already is asked to leave at once. */
  begin(abort: Abort | undefined): void {
    this.#abort = abort;
    const { strand, node, run } = this.#place;
    if (strand !== undefined) {
      strand.wait = this;
      strand.heedEffect();
    }
    this.#place.queue.began?.(this.fiber);
    const task = node?.owner;
    if (task !== undefined) {
      task.schedulePoints++;
      if (this.subject !== undefined) {
        task.cancelPoints++;
        task.wait = this;
        run.hooks?.emit("taskWaiting", task, this.subject.label);
      }
    }
    if (node !== undefined && node.cancelled) this.cancel();
  }

  /**
   * Ends the wait with a result; the task takes it in its next turn. Answers
   * whether it was the first to do so.
   *
   * @param lost Called when Effect interrupts the fiber after the result was
   * given and before it was taken: what was given must go to somebody else. A
   * result that is more than an exit has to notice by itself that it has begun:
   * this may also be called when it is interrupted later.
   */
  settle(result: Effect.Effect<A, E>, lost?: () => void): boolean {
    if (this.#state !== "open" && this.#state !== "refused") return false;
    this.#state = "settled";
    this.#result = result;
    this.#lost = lost;
    this.#place.queue.push(this);
    return true;
  }

  cancel(): void {
    if (this.#state !== "open" || this.#abort === undefined) return;
    const { fiber, strand, node } = this.#place;
    if (strand === undefined && isForkedUnderShield(node!, fiber)) return;
    if (!isInterruptible(fiber)) {
      // Effect shields this region: finalizers always run to their end.
      if (strand !== undefined) strand.listen();
      else {
        whenInterruptible(fiber, () => {
          if (node!.cancelled) this.#interruptForeign();
        });
      }
      return;
    }
    if (this.#tryAbort(false) === "tooLate") return;
    if (strand === undefined) this.#interruptForeign();
    else strand.interruptUndone();
  }

  /** The fiber takes the result: called from the run queue only. */
  step(): void {
    if (this.#state !== "settled") return;
    this.#leave("done");
    const { strand } = this.#place;
    strand?.goesOn();
    if (this.#settledWhileUndoing !== undefined) this.#settledWhileUndoing();
    else this.#resume(this.#result!);
    if (strand !== undefined && strand.node.cancelled && !strand.delivered) {
      strand.enqueue();
    }
  }

  /** What happens when the fiber is interrupted in this wait, by whomever. */
  readonly interrupted: Effect.Effect<void> = Effect.suspend(() => {
    this.#place.strand?.heedEffect();
    switch (this.#state) {
      case "settled":
        this.#leave("done");
        this.#giveAway();
        return Effect.void;
      case "done":
        // The interruption began before the result came, or the fiber lost its
        // turn before it took the result: it never will.
        this.#giveAway();
        return Effect.void;
      case "open":
        if (this.#abort !== undefined && this.#tryAbort(true) === "aborted") {
          return Effect.void;
        }
        return this.#untilSettled;
      case "refused":
        return this.#untilSettled;
      default:
        return Effect.void;
    }
  });

  /** Waits on, uninterruptibly, until what could not be undone is over (R15). */
  readonly #untilSettled: Effect.Effect<void> = Effect.callback<void>(
    (resume) => {
      const end = () => {
        this.#giveAway();
        // A failure that comes out now is kept: it joins the interruption.
        const result: unknown = this.#result;
        const failed = Exit.isExit(result) && Exit.isFailure(result);
        resume(failed ? result as Exit.Exit<never> : Effect.void);
      };
      // The result may have come while the fiber had lost its turn.
      if (this.#state === "done") end();
      else this.#settledWhileUndoing = end;
    },
  );

  #giveAway(): void {
    const lost = this.#lost;
    this.#lost = undefined;
    lost?.();
  }

  #tryAbort(byEffect: boolean): AbortVerdict {
    const abort = this.#abort!;
    this.#state = "refused";
    let verdict: unknown;
    try {
      verdict = abort(byEffect);
    } catch (thrown) {
      verdict = new InternalError("Cannot abort a wait: abort threw", thrown);
    }
    if (verdict === "tooLate") return verdict;
    if (verdict === ELSEWHERE) {
      if (this.#state === "refused") this.#state = "open";
      return "tooLate";
    }
    if (verdict !== "aborted") {
      this.#place.run.crash(
        verdict instanceof InternalError ? verdict : new InternalError(
          `Cannot abort a wait: abort answered ${String(verdict)}`,
        ),
      );
    }
    // `abort` may have settled the wait itself; then the result stands.
    if (this.#state !== "refused") return "tooLate";
    this.#leave("undone");
    return "aborted";
  }

  #leave(state: "undone" | "done"): void {
    this.#state = state;
    const { strand, node, run } = this.#place;
    if (strand !== undefined && strand.wait === this) strand.wait = undefined;
    const task = node?.owner;
    if (task === undefined || this.subject === undefined) return;
    if (task.wait === this) task.wait = undefined;
    run.hooks?.emit("taskResumed", task);
  }

  /** A fiber that Effect forked inside a task has no strand to deliver it. */
  #interruptForeign(): void {
    const { fiber, node, queue } = this.#place;
    const cancellation = node!.strikes;
    const step = () => {
      fiber.interruptUnsafe(undefined, annotationsFor(cancellation));
    };
    queue.push({ step });
  }
}
