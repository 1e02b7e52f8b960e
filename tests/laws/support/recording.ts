import * as Exit from "effect/Exit";

/**
 * A place where a cancellation can come from: what the rules say of it, apart
 * from what the code does (R1, R2).
 */
export class Region {
  readonly number: number;
  /** Outer regions: two while a start is pending, which either can cancel. */
  parents: readonly Region[];
  readonly shielded: boolean;
  /** When it was cancelled by itself, on the clock of the run. */
  cancelledAt = Infinity;
  /** At which event it was cancelled by hand. */
  cancelledBy = Infinity;
  /** Is it none of our scopes, but an operator of Effect's? */
  byEffect = false;
  /** At which event whoever entered it went on. */
  left: number | undefined = undefined;

  constructor(
    number: number,
    parents: readonly Region[],
    shielded: boolean,
  ) {
    this.number = number;
    this.parents = parents;
    this.shielded = shielded;
  }

  /** When a cancellation reached it from anywhere (R2). */
  get reachedAt(): number {
    return this.#first((region) => region.cancelledAt);
  }

  /** At which event a cancellation by hand reached it. */
  get reachedBy(): number {
    return this.#first((region) => region.cancelledBy);
  }

  #first(of: (region: Region) => number): number {
    if (this.shielded) return of(this);
    return Math.min(of(this), ...this.parents.map((it) => it.#first(of)));
  }
}

/** A task, from its spawning to its end. */
export interface TaskStory {
  readonly nursery: Region;
  readonly name: string;
  begun?: number;
  /** After the last of its cleanups. */
  ended?: number;
}

/** A wait that a cancellation can end. */
export interface WaitStory {
  readonly region: Region;
  readonly what: string;
  /** When it ended, on the clock of the run. */
  readonly endedAt: number;
  readonly end: "passed" | "cancelled";
}

/** How a scope ended, and whether its outside was cancelled by then. */
export interface ScopeStory {
  readonly region: Region;
  readonly end: "caught" | "passed on" | "something else";
  /** Surely, or only perhaps: of two things at one moment either is first. */
  readonly outside: "cancelled" | "perhaps" | "not cancelled";
}

/** An async function that has looked at its signal. */
export interface SignalStory {
  readonly region: Region;
  /** At which event. */
  readonly looked: number;
  readonly aborted: boolean;
}

/** When something happened: which event it was, and the time of the run. */
export interface Moment {
  readonly event: number;
  readonly at: number;
}

/** A cleanup, or a stretch of host code: what has to come to its end. */
export interface CleanupStory {
  /** All that it is inside of, in the end. */
  inside(): readonly Region[];
  /** How long it takes; host code takes no time. */
  readonly ms: number;
  begun?: Moment;
  ended?: Moment;
}

/** A failure that somebody raised: each has a number of its own. */
export class Failure {
  constructor(readonly number: number, readonly tag: "Fail" | "Die") {}
}

/** What was sent on a channel, and what came out of it. */
export interface ChannelStory {
  readonly sent: number[];
  readonly received: Receipt[];
}

/** A value, and as the how manieth somebody asked for it. */
export interface Receipt {
  readonly asked: number;
  readonly value: number;
}

/** Who asked for the lock, and who got it. */
export interface LockStory {
  /** How many have asked. */
  asked: number;
  /** As the how manieth each of those asked who got it, in that order. */
  readonly got: number[];
  /** How many were inside at once, at the most. */
  mostInside: number;
}

/** Everything that happened in a program. */
export class Recording {
  readonly lines: string[] = [];
  readonly regions: Region[] = [];
  readonly tasks: TaskStory[] = [];
  readonly waits: WaitStory[] = [];
  readonly scopes: ScopeStory[] = [];
  readonly signals: SignalStory[] = [];
  readonly cleanups: CleanupStory[] = [];
  readonly raised: Failure[] = [];
  /** Failures that were caught, or handed to somebody who asked. */
  readonly handled = new Set<number>();
  /** Failures that Effect may make defects of. */
  readonly changed = new Set<number>();
  readonly lock: LockStory = { asked: 0, got: [], mostInside: 0 };
  readonly channels: ChannelStory[] = [];
  /** How many values were offered: each is a number of its own. */
  offered = 0;
  /** How many asked for one. */
  asked = 0;
  /** How the program ended. */
  exit: Exit.Exit<unknown, unknown> | undefined = undefined;
  /** Those who waited for what was there. */
  readonly inVain: string[] = [];
  /** How often several waited for the lock. */
  crowds = 0;
  /** How many held something, or waited, when all was over. */
  left = 0;
  nextTimer = Infinity;
  unsettled = 0;
  /** What was written when all was over. */
  late: readonly string[] = [];

  /** Writes a line; answers its number. */
  tell(at: number, line: string): number {
    return this.lines.push(`${at} ms  ${line}`);
  }
}

/** The failures in an exit that somebody raised, as `Fail` or as `Die`. */
export function failuresIn(
  exit: Exit.Exit<unknown, unknown> | undefined,
): Failure[] {
  if (exit === undefined || Exit.isSuccess(exit)) return [];
  return exit.cause.reasons.flatMap((reason) => {
    const error = reason._tag === "Fail"
      ? reason.error
      : reason._tag === "Die"
      ? reason.defect
      : undefined;
    return error instanceof Failure
      ? [new Failure(error.number, reason._tag === "Fail" ? "Fail" : "Die")]
      : [];
  });
}

/** How many waits a cancellation has ended. */
export function cancelledWaits({ waits }: Recording): number {
  return waits.filter(({ end }) => end === "cancelled").length;
}
