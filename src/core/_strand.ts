import * as Context from "npm:effect@^4.1.0/Context";
import {
  type AnyFiber,
  interruptionsOf,
  isInterruptible,
  whenInterruptible,
} from "./_fiber_internals.ts";
import { type AsyncContext, goOnIn } from "./_async_context.ts";
import type { Cancellation } from "./cancellation.ts";
import type { Job, RunQueue } from "./_run_queue.ts";
import type { OpenWait } from "./wait_subject.ts";
import {
  type Host,
  nearestOpen,
  type ScopeNode,
  type ScopeOwner,
} from "./_scope_tree.ts";
import { annotationsFor, isOurs } from "./provenance.ts";

/** How many whole turns a cancelled task may take without waiting once. */
const RUNAWAY_TURNS = 100;

/**
 * One fiber that runs a task or a scope, as the scope tree sees it.
 *
 * A cancellation reaches a fiber only while it is suspended (never between its
 * last operation and its `return`), and only through the run queue (R3):
 * `cancelArrived` marks and queues, `step` delivers. In one of our own waits the
 * wait is asked first (R12); in a wait of Effect's the fiber is interrupted; in
 * a region that Effect shields, delivery waits until the region is left.
 */
export class Strand implements Host, Job {
  /** The innermost open scope of this fiber. */
  node: ScopeNode;
  /** The wait of ours that the fiber is in. */
  wait: OpenWait | undefined = undefined;
  /** Has the fiber been interrupted, and not yet been absorbed? */
  delivered = false;
  readonly fiber: AnyFiber;
  readonly #queue: RunQueue;
  #queued = false;
  #listening = false;
  #passedOver = 0;
  #undone: Cancellation | undefined = undefined;
  #context: AsyncContext | undefined;

  constructor(
    fiber: AnyFiber,
    node: ScopeNode,
    queue: RunQueue,
    context?: AsyncContext,
  ) {
    this.fiber = fiber;
    this.node = node;
    this.#queue = queue;
    this.#context = context;
  }

  get owner(): ScopeOwner | undefined {
    return this.node.owner;
  }

  cancelArrived(): void {
    if (this.delivered) return;
    if (this.wait !== undefined) this.wait.cancel();
    else this.enqueue();
  }

  /** What the fiber goes on in; nothing before it has waited. */
  get asyncContext(): AsyncContext | undefined {
    this.goesOn();
    return this.#context;
  }

  /** Called when the fiber is about to go on after it was suspended. */
  goesOn(): void {
    this.#context = goOnIn(this.#context, this.fiber);
  }

  /**
   * Tells the scopes on this fiber if Effect has interrupted it: children of a
   * nursery must not wait for a cleanup of its body that waits for them.
   */
  heedEffect(): void {
    const interruptions = interruptionsOf(this.fiber);
    if (interruptions.length === 0 || interruptions.every(isOurs)) return;
    let node: ScopeNode | undefined = this.node;
    // Terminates: goes outwards, and an innermost scope has finitely many.
    while (node !== undefined && node.host === this) {
      node.interruptedByEffect();
      node = node.parent;
    }
  }

  /** Asks for a delivery in the next turn. */
  enqueue(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#queue.push(this);
  }

  /**
   * Asks for the interruption that a wait owes because it was undone: it comes
   * even if a shield is raised meanwhile.
   */
  interruptUndone(): void {
    this.#undone = this.node.strikes;
    this.enqueue();
  }

  step(): void {
    this.#queued = false;
    if (this.delivered || this.fiber.pollUnsafe() !== undefined) return;
    if (this.#undone !== undefined) return this.#interrupt(this.#undone);
    if (!this.node.cancelled) return;
    if (isForkedUnderShield(this.node, this.fiber)) return;
    if (this.#queue.isPreempted(this.fiber)) {
      // Not here, where it did not wait. But one that has had so many turns
      // since, of two thousand operations each, is a loop that never waits.
      this.#passedOver++;
      if (this.#passedOver < RUNAWAY_TURNS || !this.#queue.isInOrder) {
        return this.enqueue();
      }
    }
    this.#passedOver = 0;
    if (this.wait !== undefined) this.wait.cancel();
    else if (isInterruptible(this.fiber)) this.interrupt();
    else this.listen();
  }

  /** Delivers once the region that Effect shields has been left. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    whenInterruptible(this.fiber, () => {
      this.#listening = false;
      this.enqueue();
    });
  }

  /** Interrupts the fiber, telling it by whom. */
  interrupt(): void {
    this.#interrupt(this.node.strikes);
  }

  #interrupt(cancellation: Cancellation | undefined): void {
    this.delivered = true;
    this.#undone = undefined;
    this.goesOn();
    this.fiber.interruptUnsafe(undefined, annotationsFor(cancellation));
  }
}

/** The innermost scope, as Effect's context knows it. */
export const CurrentScope: Context.Reference<ScopeNode | undefined> = Context
  .Reference<ScopeNode | undefined>("espalier/CurrentScope", {
    defaultValue: () => undefined,
  });

/** The strand that a fiber is, if it runs a task or a scope. */
export function strandOf(fiber: AnyFiber): Strand | undefined {
  const node = fiber.getRef(CurrentScope);
  return node && strandIn(node, fiber);
}

/**
 * The innermost open scope of a fiber.
 *
 * The context alone may be behind: a finalizer runs with the context of the
 * place where its resource was acquired. The strand knows better.
 */
export function scopeOf(fiber: AnyFiber): ScopeNode | undefined {
  const node = fiber.getRef(CurrentScope);
  if (node === undefined) return undefined;
  return strandIn(node, fiber)?.node ?? nearestOpen(node);
}

/**
 * Did Effect fork `fiber` in a region that it shields, as `timeout` does in a
 * finalizer? Such a fiber can be interrupted, by Effect, but it does the work of
 * the region: a cancellation of the scopes around must not reach it.
 */
export function isForkedUnderShield(node: ScopeNode, fiber: AnyFiber): boolean {
  const strand = node.host as Strand | undefined;
  return strand !== undefined && strand.fiber !== fiber &&
    !isInterruptible(strand.fiber);
}

/** The strand of `fiber`, if it is the one that runs `node`. */
export function strandIn(
  node: ScopeNode,
  fiber: AnyFiber,
): Strand | undefined {
  // Whatever runs a scope is a strand.
  const strand = node.host as Strand | undefined;
  return strand?.fiber === fiber ? strand : undefined;
}
