import type * as Effect from "effect/Effect";
import type { Nursery } from "espalier";
import type { Part } from "./program.ts";
import type { Region } from "./recording.ts";

/** A part of a program, made runnable. */
export type Work = Effect.Effect<unknown, unknown>;

/** Makes a part of a program runnable, at its place. */
export type Make = (part: Part, place: Place) => Work;

/** Where a part of the program runs. */
export interface Place {
  /** The innermost region: where a cancellation reaches it from. */
  readonly region: Region;
  readonly task: Actor;
  /** The regions that the task has entered by itself. */
  readonly entered: readonly Region[];
  readonly nursery: Opened | undefined;
  /** Collect the typed failures of what is inside of something. */
  readonly collectors: readonly Set<number>[];
}

/** A task of the program. */
export interface Actor {
  readonly name: string;
  /** What it is inside of by its place in the tree: changes when it starts. */
  outer: readonly Region[];
  ownsLock: boolean;
}

/** A nursery that is open. */
export interface Opened {
  readonly nursery: Nursery<unknown>;
  readonly region: Region;
  readonly inside: readonly Region[];
  readonly isolates: boolean;
  readonly collectors: readonly Set<number>[];
}

/** All regions that a place is inside of. */
export function allAround(place: Place): readonly Region[] {
  return [...place.task.outer, ...place.entered];
}

/** The place inside of a region that the task enters. */
export function inside(region: Region, place: Place): Place {
  return { ...place, region, entered: [...place.entered, region] };
}
