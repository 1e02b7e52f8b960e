import type { ScopeNode } from "./_scope_tree.ts";

const controllers = new WeakMap<ScopeNode, AbortController>();

/**
 * The signal of a scope; it aborts when the scope is cancelled, by itself or
 * from outside, with the `Cancellation` as its reason.
 */
export function signalOf(node: ScopeNode): AbortSignal {
  let controller = controllers.get(node);
  if (controller === undefined) {
    const created = controller = new AbortController();
    controllers.set(node, created);
    node.whenReached(() => abortQuietly(created, node.cancellation));
  }
  return controller.signal;
}

/** Aborts the signal of a scope, if it has one, before the scope is cancelled. */
export function abortSignalOf(node: ScopeNode, reason: unknown): void {
  const controller = controllers.get(node);
  if (controller !== undefined) abortQuietly(controller, reason);
}

/**
 * Aborts, and reports a listener that throws instead of letting it end the
 * process: whoever cancels has nothing to do with whoever listens.
 */
export function abortQuietly(
  controller: AbortController,
  reason: unknown,
): void {
  if (controller.signal.aborted) return;
  const report = (event: ErrorEvent) => {
    event.preventDefault();
    console.error("Cannot run an abort listener: it threw", event.error);
  };
  globalThis.addEventListener("error", report);
  try {
    controller.abort(reason);
  } finally {
    globalThis.removeEventListener("error", report);
  }
}
