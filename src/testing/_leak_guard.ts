import * as timers from "node:timers";
import type { Interleaving } from "./_deterministic_run.ts";
import type { Leaks } from "./_leak_watch.ts";
import { type Leak, Leaked } from "./leaked.ts";

/** For so long what was told to end may take to do so, in real milliseconds. */
const GRACE_MS = 250;
/** How often to look meanwhile. */
const LOOK_EVERY_MS = 5;

/** Makes the guard that lets no interleaving leave anything behind. */
export function leakGuard(
  leaks: Leaks,
): (ran: Interleaving) => Promise<Error | undefined> | undefined {
  return ({ strays }) => {
    const left = [...straying(strays), ...leaks.left()];
    if (left.length > 0) return lookAgain(leaks, straying(strays));
    leaks.forget();
    return undefined;
  };
}

/** Gives a thread or a process that was told to end the time to do so. */
async function lookAgain(
  leaks: Leaks,
  strays: readonly Leak[],
): Promise<Error | undefined> {
  const deadline = performance.now() + GRACE_MS;
  let left = leaks.left();
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise<void>((resolve) =>
      timers.setTimeout(() => resolve(), LOOK_EVERY_MS)
    );
    left = leaks.left();
  }
  await leaks.end();
  const all = [...strays, ...left];
  return all.length === 0 ? undefined : new Leaked(all);
}

function straying(strays: readonly string[]): Leak[] {
  return strays.map((what) => ({ what, madeAt: undefined }));
}
