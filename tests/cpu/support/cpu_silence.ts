// Whether the process computes: what no cancelled code may do.

import assert from "node:assert/strict";
import process from "node:process";
import { pause } from "./until.ts";

/** Waits until the process uses next to nothing, for a second at most. */
export async function cpuSilent(): Promise<void> {
  let least = Infinity;
  for (let look = 0; look < 40; look++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await pause(25);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(
      least,
      (user + system) / 1000 / (performance.now() - start),
    );
    // Code that goes on uses a whole core in every look.
    if (least < 0.5) return;
  }
  assert.fail(`the process still uses ${least} of a core`);
}

/** How many threads the process has, where the platform tells. */
export function threads(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return [...Deno.readDirSync("/proc/self/task")].length;
}
