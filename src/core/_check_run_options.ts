import {
  checkKind,
  checkMethods,
  checkOptions,
  checkWord,
  refusal,
} from "./check_options.ts";

/** What somebody wants a run to be started with. */
interface GivenOptions {
  readonly name?: unknown;
  readonly signal?: unknown;
  readonly clock?: unknown;
  readonly scheduler?: unknown;
  readonly instruments?: unknown;
  readonly capture?: unknown;
}

/**
 * Refuses what a run cannot be started with.
 *
 * @throws {TypeError} If an option is not what it must be.
 */
export function checkRunOptions(options: GivenOptions): void {
  const action = "run";
  checkOptions(options, action);
  const { name, signal, clock, scheduler, instruments, capture } = options;
  checkKind(name, "string", "name", action);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw refusal(signal, "an AbortSignal", "signal", action);
  }
  checkMethods(clock, "a Clock", CLOCK, "clock", action);
  checkMethods(scheduler, "a Scheduler", SCHEDULER, "scheduler", action);
  if (instruments !== undefined) checkInstruments(instruments);
  checkWord(capture, ["stack"], "capture", action);
}

const CLOCK = ["currentTimeMillisUnsafe", "sleep"];
const SCHEDULER = ["makeDispatcher", "shouldYield"];

function checkInstruments(instruments: unknown): void {
  const wanted = "an array of instruments";
  if (!Array.isArray(instruments)) {
    throw refusal(instruments, wanted, "instruments", "run");
  }
  for (const instrument of instruments) {
    if (typeof instrument !== "object" || instrument === null) {
      throw refusal(instrument, wanted, "instruments", "run");
    }
  }
}
