import * as Effect from "effect/Effect";
import { currentTask } from "espalier";
import type { AnyTask } from "../../../src/core/task.ts";

/** What a task passed while it did something. */
export interface Passed {
  readonly cancelPoints: number;
  readonly schedulePoints: number;
}

/** Counts the cancel points and schedule points that an effect passes. */
export function passedIn(
  effect: Effect.Effect<unknown, unknown>,
): Effect.Effect<Passed> {
  return Effect.suspend(() => {
    const task = currentTask() as AnyTask;
    const { cancelPoints, schedulePoints } = task;
    return Effect.map(Effect.exit(effect), () => ({
      cancelPoints: task.cancelPoints - cancelPoints,
      schedulePoints: task.schedulePoints - schedulePoints,
    }));
  });
}
