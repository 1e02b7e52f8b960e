import { LONGEST_MS, type TimeSource } from "./_time_source.ts";

/** What a test that fakes time puts something else in the place of. */
const platform = { Date, clearTimeout };

/** How far `now` is ahead of the platform's clock, since time was faked. */
let ahead = 0;
/** What the faked clock showed last, and what that was here. */
let faked: { shown: number; at: number } | undefined;

/**
 * The platform's monotonic clock; where a test has put others in the place of
 * both `Date` and the timers, as FakeTime of `@std/testing` does, the one that
 * these show.
 *
 * Invariant: it never goes back, whoever fakes and unfakes time.
 */
export const liveTime: TimeSource = {
  now() {
    const real = performance.now();
    if (Date === platform.Date || clearTimeout === platform.clearTimeout) {
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
    const delay = Math.ceil(dueAt - liveTime.now());
    const id = setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, delay)));
    return () => clearTimeout(id);
  },
};
