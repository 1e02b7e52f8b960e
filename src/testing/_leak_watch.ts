import * as timers from "node:timers";
import { type LeakWatch, watchLeaks } from "../core/leak_port.ts";
import type { Made, Note } from "./_made.ts";
import { watchPorts } from "./_port_leaks.ts";
import { watchProcesses } from "./_process_leaks.ts";
import { watchThreads } from "./_thread_leaks.ts";
import { watchTimers } from "./_timer_leaks.ts";
import { placeIn } from "./_place.ts";
import type { Leak } from "./leaked.ts";

interface Entry extends Made {
  /** Its stack says where the thing was made. */
  readonly trace: Error;
}

/** After so many things the list is looked through for what is over. */
const PRUNE_AT = 1_000;

/** How long it may take to end what was left, in real milliseconds. */
const END_MS = 2_000;

async function settled(ending: readonly unknown[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = timers.setTimeout(() => resolve(), END_MS);
  await Promise.race([Promise.allSettled(ending), late]);
  timers.clearTimeout(timer);
}

/**
 * Keeps a list of everything that is made while a test runs and that could
 * outlive it: what Espalier makes, told by core's port, and what the platform
 * makes, told by stand-ins for its constructors.
 */
export class Leaks implements LeakWatch {
  #entries: Entry[] = [];
  #pruneAt = PRUNE_AT;
  #stops: Array<() => void> = [];

  /** Begins to watch. */
  start(): void {
    const note: Note = (made) => this.#add(made);
    this.#stops = [
      watchLeaks(this),
      watchTimers(note),
      watchThreads(note),
      watchPorts(note),
      watchProcesses(note),
    ];
  }

  /** Ends the watch; what was made is still known. */
  stop(): void {
    for (const stop of this.#stops.splice(0).reverse()) stop();
  }

  made(
    remains: Made["remains"],
    made: Pick<Made, "trace" | "end"> = {},
  ): void {
    this.#add({ remains, ...made });
  }

  /** What is left now, each with the place where it was made. */
  left(): Leak[] {
    this.#prune();
    const left = this.#entries.map(({ remains, trace, isTimer = false }) => ({
      what: remains() ?? "",
      madeAt: placeIn(trace.stack),
      isTimer,
    }));
    // A timer that nobody but the runtime has set is there for something else,
    // which is in the list as well.
    const told = left.filter(({ madeAt, isTimer }) => madeAt || !isTimer);
    return (told.length > 0 ? told : left).map(
      ({ what, madeAt }) => ({ what, madeAt }),
    );
  }

  /** Forgets everything. */
  forget(): void {
    this.#entries = [];
    this.#pruneAt = PRUNE_AT;
  }

  /** Ends what can be ended, gives it some time for that, and forgets it. */
  async end(): Promise<void> {
    this.#prune();
    const ending = this.#entries.map(({ end }) => end?.());
    this.forget();
    if (ending.some((it) => it !== undefined)) await settled(ending);
  }

  #add(made: Made): void {
    // What is being made now has not begun to remain.
    if (this.#entries.length >= this.#pruneAt) {
      this.#prune();
      this.#pruneAt = Math.max(PRUNE_AT, 2 * this.#entries.length);
    }
    this.#entries.push({
      ...made,
      trace: made.trace ?? new Error("made here"),
    });
  }

  #prune(): void {
    this.#entries = this.#entries.filter(({ remains }) =>
      remains() !== undefined
    );
  }
}
