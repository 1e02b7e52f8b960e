import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Cause from "npm:effect@^4.1.0/Cause";
import { type FailurePolicy, NurseryState } from "./_nursery_state.ts";
import { ABSORBED } from "./_catch_rule.ts";
import { runInScope } from "./_scope_body.ts";
import type { ScopeEnd } from "./_scope_work.ts";
import type { AnyExit } from "./_exit_state.ts";
import { ELSEWHERE } from "./_wait.ts";
import { effectOf } from "./_effect_of.ts";
import { checkBody } from "./check_body.ts";
import { checkKind, checkOptions, checkWord } from "./check_options.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import { HandledScope } from "./cancel_scope.ts";
import { NurseryCancelled } from "./cancellation_errors.ts";
import { suspendFiber } from "./suspend_task.ts";
import type { AnyTask, Nursery } from "./task.ts";

/** Options for {@linkcode nursery}. */
export interface NurseryOptions<B = never> {
  /** How explanations call the nursery. */
  readonly name?: string;
  /**
   * What a failing child does: `"cancel"`, the default, cancels the others;
   * `"isolate"` cancels nobody, and the failure is reported when the nursery
   * ends unless its result was delivered to somebody.
   */
  readonly onChildFailure?: "cancel" | "isolate";
  /** Makes the value of a nursery whose own scope was cancelled in its body. */
  readonly onCancelled?: () => B;
}

/**
 * Opens a nursery, runs `body` with it, and ends after the last child.
 *
 * The body counts as a child (R25). Children are started with
 * `nursery.startSoon` and `nursery.start`, from the body, from each other, or
 * from whoever is handed the nursery, until the last of them has ended.
 *
 * - **Order:** children take their first steps in the order in which they were
 *   spawned; failures are kept in the order in which they happened.
 * - **Cancellation:** reaches the children and the body; the nursery ends only
 *   after the last cleanup. Its end is a schedule point and never a cancel point
 *   (R21). Cancelling the nursery's own scope ends with the nursery: where the
 *   body had ended its value is the answer, else `onCancelled()`, else the
 *   defect `NurseryCancelled`.
 * - **Failure:** one cause with every failure of body and children, each once,
 *   each with the path of its task. The first one cancels the others.
 *
 * @example Two at a time, and nobody is left behind
 * ```ts
 * import { nursery, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const trail: string[] = [];
 * await run(nursery(function* (n) {
 *   n.startSoon(function* () {
 *     yield* sleep(2);
 *     trail.push("child");
 *   });
 *   trail.push("body");
 *   yield* sleep(1);
 * }));
 * assert.deepEqual(trail, ["body", "child"]);
 * ```
 *
 * @param body Handed the nursery, then a signal.
 * @param options A name, what a failing child does, what a cancelled nursery answers.
 * @returns The body's value.
 */
export function nursery<X extends Result, E = never, R = never, B = never>(
  body: (n: Nursery<E, R>, signal: AbortSignal) => X,
  options: NurseryOptions<B> = {},
): Effect.Effect<SuccessOf<X> | B, E | ErrorOf<X>, R | ServicesOf<X>> {
  checkOptions(options, "open a nursery");
  checkKind(options.name, "string", "name", "open a nursery");
  checkKind(options.onCancelled, "function", "onCancelled", "open a nursery");
  const policy = policyOf(options.onChildFailure);
  checkBody(body);
  return runInScope({
    scope: () => new NurseryScope(options.name),
    body(scope, fiber) {
      const task = scope.owner as AnyTask;
      const state = new NurseryState(scope, task, fiber, policy);
      scope.nursery = state;
      task.nurseryOpened(state);
      return effectOf<X>(body as never, [state], scope);
    },
    complete: (end, scope) =>
      waitForChildren(scope.nursery!, end, options.onCancelled),
  }) as Effect.Effect<
    SuccessOf<X> | B,
    E | ErrorOf<X>,
    R | ServicesOf<X>
  >;
}

/** The scope of a nursery, and what it is the scope of. */
class NurseryScope extends HandledScope {
  nursery: NurseryState | undefined = undefined;

  constructor(name: string | undefined) {
    super({ name }, "nursery");
  }

  override interruptedByEffect(): void {
    this.nursery?.cancelForEffect();
  }
}

/**
 * The other name of {@linkcode nursery}.
 *
 * - **Cancellation:** as for `nursery`.
 *
 * @example The same thing
 * ```ts
 * import { nursery, taskGroup } from "espalier";
 * import assert from "node:assert/strict";
 *
 * assert.equal(taskGroup, nursery);
 * ```
 */
export const taskGroup: typeof nursery = nursery;

/** Waits for the children, whatever happens (R27), then closes the books. */
function waitForChildren(
  state: NurseryState,
  end: ScopeEnd,
  onCancelled: (() => unknown) | undefined,
): Effect.Effect<unknown, unknown> {
  state.bodyEnded(end.exit, end.interruptedByEffect);
  const subject = {
    label: `the children of nursery "${state.name}"`,
    ends: () => state.children as ReadonlyArray<AnyTask>,
  };
  const wait = suspendFiber<void, never>(end.fiber, subject, (settle) => {
    state.whenEmpty(() => settle(Exit.void));
    return (byEffect) => {
      if (!byEffect) return ELSEWHERE;
      state.cancelForEffect();
      return "tooLate";
    };
  });
  return end.after(
    wait,
    () => close(state, end, onCancelled),
    () => state.cancelForEffect(),
  );
}

function close(
  state: NurseryState,
  end: ScopeEnd,
  onCancelled: (() => unknown) | undefined,
): AnyExit {
  const reasons = state.close(end.exit);
  state.task.nurseryClosed(state);
  const exit = end.settle(
    reasons.length === 0
      ? end.exit
      : Exit.failCause(Cause.fromReasons(reasons)),
  );
  if (exit !== ABSORBED) return exit;
  // An interruption that is nobody's is not the nursery's to absorb.
  if (Exit.isSuccess(end.exit) || state.bodyInterruptedItself) return end.exit;
  return cancelledAnswer(state, onCancelled);
}

/** A nursery that cancelled itself has no value of its own to answer with. */
function cancelledAnswer(
  state: NurseryState,
  onCancelled: (() => unknown) | undefined,
): AnyExit {
  if (onCancelled === undefined) {
    const cancellation = state.scope.own!;
    return Exit.die(new NurseryCancelled(state.name, cancellation));
  }
  try {
    return Exit.succeed(onCancelled());
  } catch (thrown) {
    return Exit.die(thrown);
  }
}

function policyOf(policy: FailurePolicy = "cancel"): FailurePolicy {
  const policies = ["cancel", "isolate"];
  checkWord(policy, policies, "onChildFailure", "open a nursery");
  return policy;
}
