import { inWords } from "../../core/in_words.ts";
import type { TaskValue } from "../task_value.ts";

/** What is to be mapped, and how. */
export interface MapRequest {
  readonly task: TaskValue;
  readonly items: Iterable<unknown>;
  /** How many items go to one worker together. */
  readonly chunk: number;
  readonly ordered: boolean;
  readonly near: Error | undefined;
}

/** @throws {TypeError} If there is nothing to iterate over. */
export function iteratorOf(items: Iterable<unknown>): Iterator<unknown> {
  if (typeof items?.[Symbol.iterator] === "function") {
    return items[Symbol.iterator]();
  }
  throw new TypeError(
    `Cannot map: the items must be iterable: received ${inWords(items)}`,
  );
}
