import { LONGEST_MS, type TimeSource } from "./_time_source.ts";

/** What a test that fakes time puts something else in the place of. */
const platform = { Date, clearTimeout };

/** How far `now` is ahead of the platform's clock, since time was faked. */
let ahead = 0;
/** What the faked clock showed last, and what that was here. */
let faked: { shown: number; at: number } | undefined;
/** By whose timers the alarms are set. */
let world = platform.clearTimeout;
const alarms = new Set<LiveAlarm>();

/**
 * The platform's monotonic clock; where a test has put others in the place of
 * both `Date` and the timers, as FakeTime of `@std/testing` does, the one that
 * these show.
 *
 * Invariant: it never goes back, whoever fakes and unfakes time; and no alarm is
 * left with timers that nobody moves any more.
 */
export const liveTime: TimeSource = {
  now() {
    if (worldNow() !== world) changeWorld();
    const real = performance.now();
    if (world === platform.clearTimeout) {
      faked = undefined;
      return real + ahead;
    }
    const shown = Date.now();
    // A whole number, as what it shows: sums of fractions are not exact.
    faked ??= { shown, at: Math.ceil(real + ahead) };
    faked = { shown, at: faked.at + Math.max(0, shown - faked.shown) };
    ahead = Math.max(ahead, faked.at - real);
    return faked.at;
  },
  alarm(dueAt, ring) {
    const alarm = new LiveAlarm(dueAt, ring);
    alarm.set();
    return () => alarm.callOff();
  },
};

/** Whose timers there are: others than the platform's where time is faked. */
function worldNow(): typeof clearTimeout {
  return Date === platform.Date ? platform.clearTimeout : clearTimeout;
}

/** Sets every alarm anew, by the timers that there are now. */
function changeWorld(): void {
  world = worldNow();
  for (const alarm of [...alarms]) {
    alarm.callOff();
    alarm.set();
  }
}

class LiveAlarm {
  readonly #dueAt: number;
  readonly #ring: () => void;
  #id: ReturnType<typeof setTimeout> | undefined = undefined;
  #world = platform.clearTimeout;

  constructor(dueAt: number, ring: () => void) {
    this.#dueAt = dueAt;
    this.#ring = ring;
  }

  set(): void {
    const delay = Math.ceil(this.#dueAt - liveTime.now());
    this.#id = setTimeout(() => {
      alarms.delete(this);
      this.#ring();
    }, Math.min(LONGEST_MS, Math.max(0, delay)));
    this.#world = world;
    alarms.add(this);
  }

  callOff(): void {
    alarms.delete(this);
    // A faked timer ends with its clock, and its number is somebody else's then.
    if (this.#world === worldNow()) clearTimeout(this.#id);
    else if (this.#world === platform.clearTimeout) {
      platform.clearTimeout(this.#id);
    }
  }
}
