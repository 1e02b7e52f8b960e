import { TaskValue } from "./task_value.ts";
import type { TaskOf } from "./cpu_task.ts";

/**
 * The functions that a module exports, as tasks.
 *
 * @example Only functions
 * ```ts
 * import type { RemoteModule } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * type Remote = RemoteModule<{ add(a: number, b: number): number; PI: 3 }>;
 * const names: (keyof Remote)[] = ["add"];
 * assert.equal(names.length, 1);
 * ```
 */
export type RemoteModule<M> = {
  readonly [
    K in keyof M as M[K] extends (...a: never[]) => unknown ? K : never
  ]: TaskOf<M[K]>;
};

/**
 * Answers the exports of a module as tasks. The module is loaded by workers,
 * never here: naming its type by `typeof import("./module.ts")` costs nothing.
 *
 * - **Failure:** a task whose module or export is not there, or may not be
 *   read, fails with `TaskNotFound`; `--allow-read` is needed for modules on
 *   disk, `--allow-import` for others.
 *
 * @example A module as a data address
 * ```ts
 * import { cpuScope, workerModule } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * // As a rule: workerModule<typeof import("./math.ts")>(
 * //   new URL("./math.ts", import.meta.url))
 * type Math = { square(n: number): number };
 * const source = "export const square = (n) => n * n;";
 * const math = workerModule<Math>(`data:text/javascript,${source}`);
 * assert.equal(await run(cpuScope((cpu) => cpu.run(math.square, 5))), 25);
 * ```
 *
 * @typeParam M The type of the module.
 * @param url Its address, an absolute one.
 * @returns Its functions as tasks.
 * @throws {TypeError} If the address is not absolute.
 */
export function workerModule<M>(url: string | URL): RemoteModule<M> {
  const source = addressOf(url);
  const known = new Map<string, TaskValue>();
  const tasks = new Proxy({}, {
    get(_, name) {
      if (!isExport(name)) return undefined;
      let task = known.get(name);
      if (task === undefined) {
        task = new TaskValue({ kind: "module", source, name });
        known.set(name, task);
      }
      return task;
    },
    has: (_, name) => isExport(name),
  });
  return tasks as RemoteModule<M>;
}

/** A module that is awaited, or looked at, is neither a promise nor an Effect. */
function isExport(name: string | symbol): name is string {
  return typeof name === "string" && name !== "then" && !name.startsWith("~");
}

function addressOf(url: string | URL): string {
  try {
    return new URL(url).href;
  } catch (cause) {
    throw new TypeError(
      `Cannot make tasks of a module: its address must be absolute: received "${url}"`,
      { cause },
    );
  }
}
