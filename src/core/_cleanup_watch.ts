import type { ScopeNode } from "./_scope_tree.ts";
import type { Timer } from "./_timers.ts";

/**
 * Reports, once, that a scope or a task which has just been cancelled is still
 * there after the time that the run allows for cleanup.
 *
 * @returns How to call it off.
 */
export function watchCleanup(node: ScopeNode): () => void {
  const { timers, slowCleanup, hooks } = node.run!;
  if (slowCleanup === Infinity) return () => {};
  const cancelledAt = timers.now();
  const owner = node.owner!;
  const watchdog: Timer = {
    dueAt: cancelledAt + slowCleanup,
    armed: false,
    turn: 0,
    isEvent: false,
    fire() {
      const overdue = timers.now() - cancelledAt;
      const what = node === owner as unknown
        ? node.label
        : `${node.label} of task "${owner.path}"`;
      console.warn(
        `Cleanup is slow: ${what} was cancelled ${Math.round(overdue)} ms ago`,
      );
      hooks?.emit("slowCleanup", owner, overdue);
    },
  };
  timers.arm(watchdog);
  return () => {
    if (watchdog.armed) timers.disarm(watchdog);
  };
}
