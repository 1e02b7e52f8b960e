import type * as Clock from "npm:effect@^4.1.0/Clock";
import * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { type AlarmClock, setAlarm } from "./alarm_clock.ts";

/** How a heap reads the time and gets called back. */
export interface TimeSource {
  now(): number;
  alarm(dueAt: number, ring: () => void, isEvent: boolean): () => void;
}

/** The longest delay that the platform's timers take. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Reads any Effect clock; one that cannot call back is waited for by a fiber. */
export function timeOf(clock: Clock.Clock): TimeSource {
  const now = () => clock.currentTimeMillisUnsafe();
  if (setAlarm in clock) {
    const alarmClock = clock as AlarmClock;
    return {
      now,
      alarm: (dueAt, ring, isEvent) =>
        alarmClock[setAlarm](dueAt, ring, isEvent),
    };
  }
  return {
    now,
    alarm(dueAt, ring) {
      if (dueAt === Infinity) return () => {};
      const fiber = Effect.runFork(
        Effect.andThen(
          clock.sleep(Duration.millis(Math.max(0, dueAt - now()))),
          Effect.sync(ring),
        ),
      );
      return () => fiber.interruptUnsafe();
    },
  };
}
