import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Context from "npm:effect@^4.1.0/Context";

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
 * future, caught it, and failed with the same error object again.
 */
export function markOrigin<E>(
  reason: Cause.Reason<E>,
  task: { readonly path: string },
): Cause.Reason<E> {
  if (originOf(reason) !== undefined) return reason;
  const error = errorIn(reason);
  const origin = error && handedOver.get(task)?.get(error);
  return reason.annotate(Context.make(Origin, origin ?? { path: task.path }));
}

const handedOver = new WeakMap<object, WeakMap<object, FailureOrigin>>();

/** Notes that a future handed `task` a failure of another one. */
export function noteHandedOver(
  task: object,
  cause: Cause.Cause<unknown>,
): void {
  for (const reason of cause.reasons) {
    const origin = originOf(reason);
    const error = errorIn(reason);
    if (origin === undefined || error === undefined) continue;
    let origins = handedOver.get(task);
    if (origins === undefined) handedOver.set(task, origins = new WeakMap());
    origins.set(error, origin);
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
    const defect = reason._tag === "Fail" ? reason.error : reason.defect;
    return Cause.annotate(Cause.die(defect), Context.make(Origin, origin))
      .reasons;
  });
  return reasons?.length ? Cause.fromReasons(reasons) : Cause.die(rejected);
}

/** What a task failed with, if it is an object: only these can be told apart. */
function errorIn(reason: Cause.Reason<unknown>): object | undefined {
  if (reason._tag === "Interrupt") return undefined;
  const error = reason._tag === "Fail" ? reason.error : reason.defect;
  return isObject(error) ? error : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
