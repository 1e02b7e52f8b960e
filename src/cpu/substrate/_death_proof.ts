import process from "node:process";
import { settledWithin } from "./wait.ts";

/** How much longer than meant to wait at most. */
const FACTOR = 4;

/**
 * Whether the proof of death comes within `ms` in which the process was let run:
 * on a machine that is busy a thread that dies is starved like any other, so
 * that the process must have used as much CPU too.
 */
export async function provedWithin(
  ms: number,
  death: Promise<unknown>,
): Promise<boolean> {
  const start = performance.now();
  const before = cpuTime();
  if (await settledWithin(ms, [death])) return true;
  // Terminates: by the clock at the latest.
  while (
    cpuTime() - before < ms && performance.now() - start < FACTOR * ms
  ) {
    if (await settledWithin(ms / 10, [death])) return true;
  }
  return false;
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
