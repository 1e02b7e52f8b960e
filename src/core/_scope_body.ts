import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { identity } from "npm:effect@^4.1.0/Function";
import {
  type AnyFiber,
  interruptionsOf,
  setInterruption,
} from "./_fiber_internals.ts";
import { canForgetInterruption } from "./_scope_form.ts";
import { cancellationSeenFrom, ScopeNode } from "./_scope_tree.ts";
import { CurrentScope, scopeOf, Strand, strandIn } from "./_strand.ts";
import { type AnyExit, TaskNode, withCancellation } from "./_task_node.ts";
import { annotationsFor, isOurs } from "./provenance.ts";
import { ambientRun, suspendFiber } from "./suspend_task.ts";
import { ScopeReused } from "./usage_errors.ts";

/** A scope that is told when it is entered and left. */
export abstract class EnterableScope extends ScopeNode {
  /** Called when it is linked: arms its deadline. */
  abstract entered(): void;
  /** Called when it is unlinked: disarms its deadline. */
  abstract left(): void;
}

/** What is known at the end of a scope's body. */
export interface ScopeEnd {
  /** How the body ended. */
  readonly exit: AnyExit;
  /** The fiber that entered the scope. */
  readonly fiber: AnyFiber;
  /** Did Effect, not one of our scopes, interrupt the body? */
  readonly interruptedByEffect: boolean;
  /**
   * Goes on with `next` after `wait`, which Effect may interrupt where that can
   * still be news.
   */
  after<B, E>(
    wait: Effect.Effect<void>,
    next: () => Effect.Effect<B, E>,
  ): Effect.Effect<B, E>;
  /**
   * Leaves the scope and applies the catch rule (R9) to `exit`: answers what
   * goes on outwards, and whether anything was absorbed.
   */
  settle(exit: AnyExit): { readonly exit: AnyExit; readonly caught: boolean };
}

/** The result of a scope that absorbed everything: nothing is left to say. */
export const ABSORBED: AnyExit = Exit.succeed(undefined);

/**
 * Runs `body` inside `node`, then `complete`, which must call `settle` once.
 *
 * There are two forms. *In-fiber*: the body runs on the fiber that enters, and
 * when the scope absorbs its cancellation the fiber is made to forget it.
 * *Own-fiber*: the body runs on a fiber of its own, and the entering one waits.
 * Own-fiber is for shields, for regions that Effect shields (there the fiber
 * cannot be interrupted), and for an Effect whose fibers cannot forget.
 */
export function runInScope<A, E, R, B, E2>(
  node: EnterableScope,
  body: Effect.Effect<A, E, R>,
  complete: (end: ScopeEnd) => Effect.Effect<B, E2>,
): Effect.Effect<B, E2, R> {
  return Effect.uninterruptibleMask((restore) =>
    Effect.withFiber((fiber) => {
      if (node.state !== "unbound") {
        return Effect.die(new ScopeReused(node.name));
      }
      // Effect hands over `identity` where there is nothing to restore.
      const walled = (restore as unknown) === identity;
      node.walled = walled;
      const outer = scopeOf(fiber) ?? implicitRoot(fiber);
      const isolated = walled || node.shielded || !canForgetInterruption();
      return isolated
        ? ownFiber(node, outer, fiber, body, restore, complete)
        : inFiber(node, outer, fiber, body, restore, complete);
    })
  );
}

type Restore = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R>;

function inFiber<A, E, R, B, E2>(
  node: EnterableScope,
  outer: ScopeNode,
  fiber: AnyFiber,
  body: Effect.Effect<A, E, R>,
  restore: Restore,
  complete: (end: ScopeEnd) => Effect.Effect<B, E2>,
): Effect.Effect<B, E2, R> {
  const strand = strandIn(outer, fiber) ??
    new Strand(fiber, outer, outer.run!.queue);
  const context = fiber.context;
  node.host = strand;
  enter(node, outer);
  strand.node = node;
  fiber.setContext(Context.add(context, CurrentScope, node as ScopeNode));
  if (node.cancelled && !strand.delivered) strand.enqueue();

  const raw = () => interruptionsOf(fiber).filter((reason) => !isOurs(reason));
  const end = (exit: AnyExit) =>
    complete({
      exit,
      fiber,
      interruptedByEffect: raw().length > 0,
      after: (wait, next) =>
        goOn(
          wait,
          next,
          interruptionsOf(fiber).length > 0 ? undefined : restore,
        ),
      settle(exit) {
        fiber.setContext(context);
        strand.node = outer;
        leave(node);
        return settleOn(fiber, strand, node, exit, raw(), true);
      },
    });
  return Effect.matchCauseEffect(restore(body), {
    onSuccess: (value) => end(Exit.succeed(value)),
    onFailure: (cause) => end(Exit.failCause(cause)),
  });
}

function ownFiber<A, E, R, B, E2>(
  node: EnterableScope,
  outer: ScopeNode,
  fiber: AnyFiber,
  body: Effect.Effect<A, E, R>,
  restore: Restore,
  complete: (end: ScopeEnd) => Effect.Effect<B, E2>,
): Effect.Effect<B, E2, R> {
  enter(node, outer);
  let forwarded = false;
  const entry = Effect.withFiber((inner) => {
    const strand = new Strand(inner, node, outer.run!.queue);
    node.host = strand;
    if (node.cancelled) strand.enqueue();
    return body;
  });
  const context = Context.add(fiber.context, CurrentScope, node as ScopeNode);
  const inner = Effect.runForkWith(context as Context.Context<never>)(
    entry as Effect.Effect<A, E>,
  );
  const end = () => {
    const exit = inner.pollUnsafe()!;
    return complete({
      exit,
      fiber,
      interruptedByEffect: forwarded,
      after: (wait, next) =>
        goOn(wait, next, forwarded || node.isShield ? undefined : restore),
      settle(exit) {
        leave(node);
        const raw = forwarded && Exit.isFailure(exit)
          ? exit.cause.reasons.filter(isRawInterrupt)
          : [];
        return settleOn(fiber, strandIn(outer, fiber), node, exit, raw, false);
      },
    });
  };
  if (inner.pollUnsafe() !== undefined) return end();

  const wait = suspendFiber<void, never>(fiber, undefined, (settle) => {
    inner.addObserver(() => settle(Exit.void));
    return (byEffect) => {
      // Our cancellations find the inner fiber by themselves, in the tree.
      if (byEffect && !node.shielded) {
        forwarded = true;
        inner.interruptUnsafe(fiber.id);
      }
      return "tooLate";
    };
  });
  return node.isShield ? Effect.flatMap(wait, end) : Effect.matchCauseEffect(
    restore(wait),
    { onSuccess: end, onFailure: end },
  );
}

/** A wait that hears Effect only if it is given `restore`. */
function goOn<B, E>(
  wait: Effect.Effect<void>,
  next: () => Effect.Effect<B, E>,
  restore: Restore | undefined,
): Effect.Effect<B, E> {
  if (restore === undefined) return Effect.flatMap(wait, next);
  return Effect.matchCauseEffect(restore(wait), {
    onSuccess: next,
    onFailure: next,
  });
}

function enter(node: EnterableScope, outer: ScopeNode): void {
  node.owner = outer.owner;
  node.run = outer.run;
  node.linkUnder(outer);
  node.entered();
}

function leave(node: EnterableScope): void {
  node.unlink();
  node.left();
}

/**
 * The catch rule (R9): a scope absorbs the interruptions that pass through it
 * when it is cancelled and no outer cancellation is visible through it. The
 * decision is taken now, so a cancel or a shield that came while the
 * interruption was on its way is honoured.
 */
function settleOn(
  fiber: AnyFiber,
  strand: Strand | undefined,
  node: ScopeNode,
  exit: AnyExit,
  raw: ReadonlyArray<Cause.Reason<never>>,
  inFiber: boolean,
): { readonly exit: AnyExit; readonly caught: boolean } {
  const outer = strand?.node;
  if (!node.cancelled || Exit.isSuccess(exit)) {
    meetOuterCancellation(strand, outer);
    return { exit, caught: false };
  }
  const { reasons } = exit.cause;
  if (node.hearsOuterCancellation) {
    const told = reasons.map((reason) =>
      reason._tag === "Interrupt" ? withCancellation(reason, node) : reason
    );
    if (reasons.some(isInterrupt)) passOn(fiber, strand, node);
    return { exit: Exit.failCause(Cause.fromReasons(told)), caught: false };
  }
  if (inFiber && strand !== undefined) {
    setInterruption(fiber, raw.length > 0 ? causeOf(raw) : undefined);
    strand.delivered = false;
  }
  const rest = [...reasons.filter((reason) => !isInterrupt(reason)), ...raw];
  meetOuterCancellation(strand, outer);
  return {
    exit: rest.length === 0
      ? ABSORBED
      : Exit.failCause(Cause.fromReasons(rest)),
    caught: rest.length < reasons.length,
  };
}

/** Lets an outer cancellation that was hidden meet the fiber in its next wait. */
function meetOuterCancellation(
  strand: Strand | undefined,
  outer: ScopeNode | undefined,
): void {
  if (strand !== undefined && outer!.cancelled && !strand.delivered) {
    strand.enqueue();
  }
}

/** Makes an interruption that arrived from inside unskippable further out. */
function passOn(
  fiber: AnyFiber,
  strand: Strand | undefined,
  node: ScopeNode,
): void {
  if (strand?.delivered) return;
  if (strand !== undefined) strand.delivered = true;
  // The fiber is in an uninterruptible region here: this only records, and is
  // raised, together with the failure on its way, when the region is left.
  fiber.interruptUnsafe(
    undefined,
    annotationsFor(cancellationSeenFrom(node)),
  );
}

function isInterrupt(reason: Cause.Reason<unknown>): boolean {
  return reason._tag === "Interrupt";
}

function isRawInterrupt(
  reason: Cause.Reason<unknown>,
): reason is Cause.Interrupt {
  return reason._tag === "Interrupt" && !isOurs(reason);
}

function causeOf(
  reasons: ReadonlyArray<Cause.Reason<never>>,
): Cause.Cause<never> {
  return Cause.fromReasons(reasons);
}

/**
 * The root of a fiber that runs outside every run of ours, as in
 * `Effect.runPromise(nursery(…))`.
 */
function implicitRoot(fiber: AnyFiber): ScopeNode {
  const run = ambientRun(fiber);
  const root = new TaskNode("main", run, undefined, 0);
  root.state = "open";
  root.host = new Strand(fiber, root, run.queue);
  return root;
}
