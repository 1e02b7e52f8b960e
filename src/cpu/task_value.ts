import { millisOf } from "../core/duration.ts";
import { inWords } from "../core/in_words.ts";
import type { TaskOptions } from "./cpu_task.ts";

/** Where a worker finds the function of a task. */
export interface TaskSource {
  readonly kind: "inline" | "module";
  /** Its source, or the address of its module. */
  readonly source: string;
  /** Its name, or that of its export. */
  readonly name: string;
}

/** A task behind its type. */
export class TaskValue {
  readonly source: TaskSource;
  readonly options: TaskOptions;
  /** Milliseconds, where there is a timeout that a timer can wait for. */
  readonly timeout: number | undefined;

  constructor(source: TaskSource, options: TaskOptions = {}) {
    const { priority = 0, timeout } = options;
    if (Number.isNaN(priority)) {
      throw new RangeError(
        `Cannot make task "${source.name}": its priority is not a number`,
      );
    }
    this.source = source;
    this.options = options;
    const ms = timeout === undefined
      ? Infinity
      : millisOf(timeout, `make task "${source.name}"`);
    this.timeout = ms < 2 ** 31 ? ms : undefined;
  }

  get name(): string {
    return this.options.name ?? this.source.name;
  }

  /** Tells its function from all others. */
  get kind(): string {
    return this.#kind ??=
      `${this.source.kind} ${this.source.name} ${this.source.source}`;
  }

  #kind: string | undefined = undefined;

  with(options: TaskOptions): TaskValue {
    const { name } = options;
    // The worker knows an inline task by its label alone.
    const source = this.source.kind === "inline" && name !== undefined
      ? { ...this.source, name }
      : this.source;
    return new TaskValue(source, { ...this.options, ...options });
  }
}

/**
 * The task behind what was given as one.
 *
 * @throws {TypeError} If it is no task.
 */
export function taskValue(given: unknown): TaskValue {
  if (given instanceof TaskValue) return given;
  throw new TypeError(
    typeof given === "function"
      ? "Cannot run a function on a worker: make a task of it by `inline` or `workerModule`"
      : `Cannot run a task: it is not one: received ${inWords(given)}`,
  );
}
