// Loads a task's module, in two steps that the loop can tell apart: while it is
// fetched, parsed and linked, the thread must not be killed, because killing a
// thread that loads takes the process down; while its top level runs, it may.

/** Why a function could not be had. */
export interface Missing {
  readonly missing: "export" | "module" | "permission";
  /** What went wrong, in words. */
  readonly detail: string;
  /** What was thrown, where something was. */
  readonly cause?: unknown;
}

/** A loaded module, or why there is none. */
export type LoadedModule =
  | { readonly module: Readonly<Record<string, unknown>> }
  | Missing;

const EVALUATING = Symbol.for("espalier.cpu.evaluating.1");

/** Thrown modules are evaluated once; each wrapper needs a name of its own. */
let wrappers = 0;

/**
 * Imports the module at `url`.
 *
 * @param url An absolute URL.
 * @param onEvaluate Called when all of it is linked and its code starts.
 */
export async function loadTaskModule(
  url: string,
  onEvaluate: () => void,
): Promise<LoadedModule> {
  const key = JSON.stringify(EVALUATING.description);
  const mark = moduleOf(`globalThis[Symbol.for(${key})]?.()//${++wrappers}`);
  // The graph is evaluated only when all of it is linked, the mark first.
  const wrapper = moduleOf(
    `import ${JSON.stringify(mark)};` +
      `import * as module from ${JSON.stringify(url)};export{module}`,
  );
  let evaluated = false;
  Reflect.set(globalThis, EVALUATING, () => {
    evaluated = true;
    onEvaluate();
  });
  try {
    return await import(wrapper);
  } catch (error) {
    return missingModule(error, evaluated);
  }
}

function moduleOf(source: string): string {
  return "data:text/javascript," + encodeURIComponent(source);
}

function missingModule(error: unknown, evaluated: boolean): Missing {
  if (evaluated) {
    const detail = `its code failed: ${plainMessage(error)}`;
    return { missing: "module", detail, cause: error };
  }
  const message = plainMessage(error);
  // It may be a module that the task's module imports.
  const [, access, flag] =
    /"([^"]+)", run again with the (--allow-[a-z]+) flag/.exec(message) ?? [];
  if (access && flag) {
    const detail = `it needs ${flag}=${access.replace(/:443$/, "")}`;
    return { missing: "permission", detail, cause: error };
  }
  return { missing: "module", detail: message, cause: error };
}

/** What the loader says, without colours and without the line of our wrapper. */
function plainMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [message = ""] = error.message
    // deno-lint-ignore no-control-regex
    .replace(/\x1b\[[\d;]*m/g, "")
    .split(/\n\s+at data:/);
  return error.message = message;
}
