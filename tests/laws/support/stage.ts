import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { VirtualClock } from "espalier/testing";
import { type Actor, allAround, type Place, type Work } from "./place.ts";
import {
  type CleanupStory,
  Failure,
  failuresIn,
  type Moment,
  Recording,
  Region,
} from "./recording.ts";

/** Where a program is performed: writes down what happens. */
export class Stage {
  readonly recording = new Recording();
  /** The clock of the run, once it has begun. */
  clock = new VirtualClock();

  /** Called with every line: looks whether all is as it should be. */
  look: () => void = () => {};

  tell(task: Actor, what: string): number {
    this.look();
    return this.recording.tell(this.clock.now(), `${task.name} ${what}`);
  }

  moment(task: Actor, what: string): Moment {
    return { event: this.tell(task, what), at: this.clock.now() };
  }

  newRegion(parents: readonly Region[], shielded = false): Region {
    const { regions } = this.recording;
    const region = new Region(regions.length, parents, shielded);
    regions.push(region);
    return region;
  }

  /** Notes when whoever entered a region goes on behind it. */
  leaving(region: Region, work: Work): Work {
    return Effect.onExit(work, () =>
      Effect.sync(() => {
        region.left = this.recording.tell(
          this.clock.now(),
          `region ${region.number} is left`,
        );
      }));
  }

  /** Notes how something ends that a cancellation can end. */
  wait(place: Place, what: string, work: Work): Work {
    return Effect.onExit(work, (exit) =>
      Effect.sync(() => {
        const end = isOnlyInterrupted(exit) ? "cancelled" : "passed";
        this.tell(place.task, `${what} ${end}`);
        this.recording.waits.push({
          region: place.region,
          what: `${what} of ${place.task.name}`,
          endedAt: this.clock.now(),
          end,
        });
      }));
  }

  /** Notes that a region is cancelled, now. */
  cancelled(region: Region): void {
    region.cancelledAt = Math.min(region.cancelledAt, this.clock.now());
  }

  /** A failure, of a child or the body, cancels the nursery (R26). */
  failed(region: Region, exit: Exit.Exit<unknown, unknown>): void {
    if (Exit.isFailure(exit) && !isOnlyInterrupted(exit)) {
      this.cancelled(region);
    }
  }

  raise(tag: "Fail" | "Die", place: Place): Failure {
    const { raised } = this.recording;
    const failure = new Failure(raised.length, tag);
    raised.push(failure);
    this.tell(place.task, `raises ${failure.number}`);
    collect(Exit.fail(failure), place);
    return failure;
  }

  /** Notes failures that were caught, or handed to somebody who asked. */
  handle(exit: Exit.Exit<unknown, unknown>): void {
    for (const { number } of failuresIn(exit)) {
      this.recording.handled.add(number);
    }
  }

  /** Something begins that has to end before its place is left. */
  begin(place: Place, ms: number): CleanupStory {
    const story = { inside: () => allAround(place), ms };
    this.recording.cleanups.push(story);
    return story;
  }
}

/** Notes the typed failures that come by. */
export function collect(
  exit: Exit.Exit<unknown, unknown>,
  { collectors }: Place,
): void {
  for (const { number, tag } of failuresIn(exit)) {
    if (tag === "Die") continue;
    for (const collector of collectors) collector.add(number);
  }
}

/** Has it been cancelled, and nothing else gone wrong? */
export function isOnlyInterrupted(exit: Exit.Exit<unknown, unknown>): boolean {
  return Exit.isFailure(exit) &&
    exit.cause.reasons.every((reason) => reason._tag === "Interrupt");
}
