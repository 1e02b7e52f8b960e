import type { AnyTask } from "../core/task.ts";
import { taskOf } from "../core/turn_port.ts";
import type { AnyFiber } from "./_simulation.ts";

type Subject = NonNullable<NonNullable<AnyTask["wait"]>["subject"]>;

/** Who waits for what. */
export interface BlockedTasks {
  /** The circle in which tasks wait for each other, and the tree of all. */
  readonly report: string;
  /** The paths of the tasks in the circle. */
  readonly cycle: readonly string[];
}

/** Describes a run in which nothing can happen any more. */
export function blockedTasks(
  root: AnyTask,
  nativeWaits: Iterable<AnyFiber>,
): BlockedTasks {
  const native = new Set([...nativeWaits].map(taskOf));
  const tasks = [...living(root)];
  const nameOf = naming(tasks);
  const words = (task: AnyTask) => wordsFor(task, native.has(task), nameOf);
  const cycle = shortestCycle(tasks);
  const circle = cycle.map((task) => `${nameOf(task)} ${words(task)}`);
  const report = [
    ...(circle.length > 0 ? [circle.join("; "), ""] : []),
    ...treeOf(root, words),
  ];
  return { report: report.join("\n"), cycle: cycle.map(({ path }) => path) };
}

/** Do some tasks wait for each other in a circle, which nobody can break? */
export function isCircular(root: AnyTask): boolean {
  return shortestCycle([...living(root)]).length > 0;
}

/** A task and all tasks below it that have not ended, from the root down. */
export function* living(task: AnyTask): Generator<AnyTask> {
  if (task.exit !== undefined) return;
  yield task;
  for (const child of childrenOf(task)) yield* living(child);
}

/** The tasks directly below a task, in the order in which they were spawned. */
function childrenOf(task: AnyTask): AnyTask[] {
  const found: AnyTask[] = [];
  const pending = [...task.children()];
  for (let node = pending.shift(); node; node = pending.shift()) {
    if ((node.owner as unknown) === node) found.push(node as AnyTask);
    else pending.push(...node.children());
  }
  return found.reverse();
}

function subjectOf(task: AnyTask): Subject | undefined {
  return task.wait?.subject;
}

/** The tasks that have to do something for `task` to go on. */
function awaited(task: AnyTask): readonly AnyTask[] {
  const subject = subjectOf(task);
  const tasks = [...subject?.holders?.() ?? [], ...subject?.ends?.() ?? []];
  return tasks as AnyTask[];
}

function wordsFor(
  task: AnyTask,
  isNative: boolean,
  nameOf: (task: AnyTask) => string,
): string {
  const subject = subjectOf(task);
  if (subject === undefined) {
    return isNative
      ? "waits in an operation of Effect, or for the host"
      : "waits for something that has no name";
  }
  const holders = (subject.holders?.() ?? []) as readonly AnyTask[];
  const names = [...new Set(holders)].map((holder) =>
    holder === task
      ? "itself"
      : `${nameOf(holder)}${holder.exit === undefined ? "" : ", which ended"}`
  );
  return `waits for ${subject.label}` +
    (names.length === 0 ? "" : `, held by ${names.join(" and ")}`);
}

/** Calls a task by its own name, or by its path where two have the same. */
function naming(tasks: readonly AnyTask[]): (task: AnyTask) => string {
  const byName = Map.groupBy(tasks, ({ name }) => name);
  return (task) =>
    (byName.get(task.name)?.length ?? 0) > 1 ? task.path : task.name;
}

/** The shortest circle of tasks that wait for each other; empty for none. */
function shortestCycle(tasks: readonly AnyTask[]): AnyTask[] {
  let shortest: AnyTask[] = [];
  for (const start of tasks) {
    const cycle = cycleThrough(start);
    const isShorter = shortest.length === 0 || cycle.length < shortest.length;
    if (cycle.length > 0 && isShorter) shortest = cycle;
  }
  return shortest;
}

/** Walks breadth first from `start` until it comes back to it. */
function cycleThrough(start: AnyTask): AnyTask[] {
  const from = new Map<AnyTask, AnyTask>();
  const pending = [start];
  for (let task = pending.shift(); task; task = pending.shift()) {
    for (const next of awaited(task)) {
      if (next === start) return pathTo(task, start, from);
      if (from.has(next)) continue;
      from.set(next, task);
      pending.push(next);
    }
  }
  return [];
}

function pathTo(
  end: AnyTask,
  start: AnyTask,
  from: ReadonlyMap<AnyTask, AnyTask>,
): AnyTask[] {
  const path = [end];
  // Terminates: the links lead back to `start`, where the walk began.
  while (path[0] !== start) path.unshift(from.get(path[0]!)!);
  return path;
}

/** The tree of tasks, one line each. */
function treeOf(root: AnyTask, words: (task: AnyTask) => string): string[] {
  const rows: Array<[string, string]> = [];
  const visit = (task: AnyTask, head: string, below: string) => {
    rows.push([`${head}${task.name}`, words(task)]);
    const children = childrenOf(task);
    children.forEach((child, index) => {
      const isLast = index === children.length - 1;
      visit(
        child,
        `${below}${isLast ? "└─ " : "├─ "}`,
        `${below}${isLast ? "   " : "│  "}`,
      );
    });
  };
  visit(root, "", "");
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, what]) => `${name.padEnd(width)}  ${what}`);
}
