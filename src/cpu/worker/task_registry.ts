// The functions that a worker can call: told by number once, loaded when first
// needed, kept.

import { loadTaskModule, type Missing } from "./task_module.ts";

/** A function of a task, or why it could not be had. */
export type TaskFunction =
  | { readonly call: (...args: unknown[]) => unknown }
  | Missing;

/** Where a function comes from. */
export interface TaskSource {
  /** `"module"` has a URL as its source, `"inline"` a function expression. */
  readonly kind: string;
  readonly source: string;
  /** The name of the export, or what an inline function is called. */
  readonly name: string;
}

interface Entry extends TaskSource {
  loaded?: TaskFunction;
}

/** Notes when a worker loads and when it evaluates. */
export interface LoadWatch {
  loading(): void;
  evaluating(): void;
}

/** The functions known to this worker. */
export class TaskRegistry {
  readonly #entries = new Map<number, Entry>();
  readonly #watch: LoadWatch;

  constructor(watch: LoadWatch) {
    this.#watch = watch;
  }

  /** Learns of function `index`. */
  define(index: number, source: TaskSource): void {
    this.#entries.set(index, { ...source });
  }

  /** What function `index` is called. */
  nameOf(index: number): string {
    return this.#entries.get(index)?.name ?? `function ${index}`;
  }

  /** Function `index`, loaded if it has to be. */
  resolve(index: number): TaskFunction | Promise<TaskFunction> {
    const entry = this.#entries.get(index);
    if (!entry) {
      return { missing: "export", detail: `no function has number ${index}` };
    }
    if (entry.loaded) return entry.loaded;
    if (entry.kind === "inline") return entry.loaded = compileInline(entry);
    return this.#load(entry);
  }

  async #load(entry: Entry): Promise<TaskFunction> {
    this.#watch.loading();
    const loaded = await loadTaskModule(
      entry.source,
      () => this.#watch.evaluating(),
    );
    // A module that failed is not remembered: what was missing may come.
    if ("missing" in loaded) return loaded;
    return entry.loaded = exportOf(loaded.module, entry);
  }
}

function exportOf(
  module: Readonly<Record<string, unknown>>,
  { name, source }: TaskSource,
): TaskFunction {
  const found = module[name];
  if (typeof found === "function") {
    return { call: (...args) => Reflect.apply(found, undefined, args) };
  }
  const detail = name in module
    ? `its export "${name}" is not a function`
    : `${source} has no export "${name}"`;
  return { missing: "export", detail };
}

/** Makes a function of its source; `this` in it is the task's context. */
function compileInline({ source, name }: TaskSource): TaskFunction {
  const label = name.replace(/[^\w$.-]/g, "_") || "anonymous";
  const evaluate = globalThis.eval;
  try {
    const call = evaluate(`(${source})\n//# sourceURL=inline:${label}`);
    return { call };
  } catch (cause) {
    return { missing: "module", detail: "its source does not compile", cause };
  }
}
