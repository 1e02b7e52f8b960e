// A deadline for synchronous code: `vm` stops whatever loop it is in, and the
// thread lives on.

import { Script } from "node:vm";

/** Says that {@linkcode runWithin} stopped its body. */
export const STOPPED: unique symbol = Symbol("stopped");

const SLOT = Symbol.for("espalier.cpu.deadline.1");

let script: Script | undefined;

/**
 * Runs `body`, and stops it after `budget` milliseconds: no `catch` or `finally`
 * of it runs.
 *
 * @returns What `body` returned, or {@linkcode STOPPED}.
 */
export function runWithin<A>(
  budget: number,
  body: () => A,
): A | typeof STOPPED {
  script ??= new Script(
    `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})]()`,
  );
  let ended = false;
  let result: A | typeof STOPPED = STOPPED;
  let thrown: unknown;
  let threw = false;
  Reflect.set(globalThis, SLOT, () => {
    try {
      result = body();
    } catch (error) {
      threw = true;
      thrown = error;
    }
    ended = true;
  });
  try {
    script.runInThisContext({ timeout: Math.max(1, Math.ceil(budget)) });
  } catch (error) {
    // The body's own failures were caught inside: this is the deadline's, or
    // the platform's.
    if (!isTimeout(error)) throw error;
  } finally {
    Reflect.deleteProperty(globalThis, SLOT);
  }
  if (!ended) return STOPPED;
  if (threw) throw thrown;
  return result;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
