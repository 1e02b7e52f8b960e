import { type AnyTask, runningTask } from "../core/task.ts";
import { NotInRun } from "../core/usage_errors.ts";

/** The task that makes a call that belongs to a task. */
export function ownTask(verb: string, label: string): AnyTask {
  const task = runningTask();
  if (task === undefined) throw new NotInRun(`${verb} ${label}`);
  return task;
}

/** How an object is called in messages, as in `Lock "orders"`. */
export function labelOf(kind: string, name: string | undefined): string {
  return name === undefined ? kind : `${kind} "${name}"`;
}

/** Calls back when a task ends that still owns something. */
export class OwnerWatch {
  readonly #callsOff = new Map<AnyTask, () => void>();
  readonly #ended: (task: AnyTask) => void;

  constructor(ended: (task: AnyTask) => void) {
    this.#ended = ended;
  }

  /** Begins to watch a new owner. */
  add(task: AnyTask): void {
    if (this.#callsOff.has(task)) return;
    // A fiber that Effect detached may be handed something after its task.
    if (task.exit !== undefined) return this.#ended(task);
    this.#callsOff.set(
      task,
      task.whenExited(() => {
        this.#callsOff.delete(task);
        this.#ended(task);
      }),
    );
  }

  /** Stops to watch somebody who owns nothing any more. */
  remove(task: AnyTask): void {
    if (this.#callsOff.size === 0) return;
    this.#callsOff.get(task)?.();
    this.#callsOff.delete(task);
  }
}

/** What is left of something that its owners should have given back. */
export function remainsOf(
  label: string,
  owners: readonly AnyTask[],
): string | undefined {
  if (owners.length === 0) return undefined;
  const paths = owners.map(({ path }) => `"${path}"`).join(" and ");
  return `${label}, held by ${paths}`;
}
