import type * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { EndOfChannel } from "./errors.ts";

/** How a channel is called and how it ends, for all of its handles. */
export class Ending<E> {
  /** Set where the producer failed. */
  failure: Cause.Cause<E> | undefined = undefined;

  /**
   * @param label As in `channel "jobs"`.
   */
  constructor(readonly label: string) {}

  /** What a receive ends with after the last value. */
  get exit(): Exit.Exit<never, E | EndOfChannel> {
    return this.failure === undefined
      ? Exit.fail(new EndOfChannel(this.label))
      : Exit.failCause(this.failure);
  }
}

/** Calls a channel by its name, if it has one. */
export function labelOf(kind: string, name: string | undefined): string {
  return name === undefined ? `a ${kind}` : `${kind} "${name}"`;
}

/** What is left of a channel on which somebody waits. */
export function remainsOf(label: string, waiting: number): string | undefined {
  return waiting === 0 ? undefined : `${label}, with ${waiting} waiting`;
}
