import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Context from "npm:effect@^4.1.0/Context";
import * as Exit from "npm:effect@^4.1.0/Exit";

/** Where a failure first happened; one object for each failure. */
export interface FailureOrigin {
  readonly path: string;
}

const Origin = Context.Reference<FailureOrigin | undefined>(
  "espalier/FailureOrigin",
  { defaultValue: () => undefined },
);

/** The origin that {@linkcode markOrigin} attached, if any. */
export function originOf(
  reason: Cause.Reason<unknown>,
): FailureOrigin | undefined {
  return reason.annotations.get(Origin.key) as FailureOrigin | undefined;
}

/**
 * Annotates a failure that came out of `task` with where it happened, unless it
 * is known already: from the annotation, or because the task was handed it by a
 * future, caught it, and failed with the same error again.
 */
export function markOrigin<E>(
  reason: Cause.Reason<E>,
  task: { readonly path: string },
): Cause.Reason<E> {
  if (originOf(reason) !== undefined) return reason;
  const origin = handedOver.get(task)?.originOf(errorIn(reason));
  return reason.annotate(Context.make(Origin, origin ?? { path: task.path }));
}

/** How many failures that are no objects are remembered for one task. */
const REMEMBERED = 16;

/** The failures that one task was handed, and where each of them happened. */
class HandedOver {
  readonly #objects = new WeakMap<object, FailureOrigin>();
  /** Strings and numbers have no life of their own to end with. */
  readonly #values = new Map<unknown, FailureOrigin>();

  originOf(error: unknown): FailureOrigin | undefined {
    return isObject(error) ? this.#objects.get(error) : this.#values.get(error);
  }

  add(error: unknown, origin: FailureOrigin): void {
    if (isObject(error)) {
      this.#objects.set(error, origin);
      return;
    }
    this.#values.delete(error);
    this.#values.set(error, origin);
    if (this.#values.size <= REMEMBERED) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }
}

const handedOver = new WeakMap<object, HandedOver>();

/** Notes that a future handed `task` the result of another one, if it failed. */
export function noteHandedOver(
  task: object | undefined,
  exit: Exit.Exit<unknown, unknown>,
): void {
  if (task === undefined || Exit.isSuccess(exit)) return;
  for (const reason of exit.cause.reasons) {
    const origin = originOf(reason);
    if (origin === undefined || reason._tag === "Interrupt") continue;
    let known = handedOver.get(task);
    if (known === undefined) handedOver.set(task, known = new HandedOver());
    known.add(errorIn(reason), origin);
  }
}

const rejections = new WeakMap<object, Cause.Cause<unknown>>();

/** Notes that a future handed `cause` to the host, as a rejection. */
export function noteRejection(
  rejection: unknown,
  cause: Cause.Cause<unknown>,
): void {
  if (isObject(rejection)) rejections.set(rejection, cause);
}

/**
 * Makes a defect of what a promise was rejected with. Where a future had handed
 * it to the host before, it is still the failure that it was.
 */
export function defectOf(rejected: unknown): Cause.Cause<never> {
  const known = isObject(rejected) ? rejections.get(rejected) : undefined;
  const reasons = known?.reasons.flatMap((reason) => {
    const origin = originOf(reason);
    if (reason._tag === "Interrupt" || origin === undefined) return [];
    return Cause.annotate(
      Cause.die(errorIn(reason)),
      Context.make(Origin, origin),
    )
      .reasons;
  });
  return reasons?.length ? Cause.fromReasons(reasons) : Cause.die(rejected);
}

/** What a task failed with. */
function errorIn(reason: Cause.Reason<unknown>): unknown {
  if (reason._tag === "Interrupt") return reason;
  return reason._tag === "Fail" ? reason.error : reason.defect;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
