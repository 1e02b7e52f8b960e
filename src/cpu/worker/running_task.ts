// The one task that a worker runs at a time.

import { NUMBER_WORD, WORD } from "../shared/control.ts";
import type { Holder } from "../shared/owner_mark.ts";
import { DeadlineExceeded, TaskStopped } from "./worker_errors.ts";

/** A shared primitive that a task may be holding when it ends. */
export interface Held {
  /** The task has ended without letting go. */
  forget(worker: number): void;
  /** The task was cut off. */
  abandon(worker: number): void;
}

/** The memory in which the loop and a task tell each other how it stands. */
export interface SharedWords {
  readonly control: Int32Array;
  /** The same memory as 64-bit numbers. */
  readonly numbers: Float64Array;
}

/** What a worker knows of the task that it runs. */
export class RunningTask {
  /** The number that the loop gave it. */
  readonly id: number;
  /** What it is called. */
  readonly name: string;
  /** The newest progress it reported. */
  progress: number | undefined;
  readonly #words: SharedWords;
  readonly #worker: number;
  #holder: Holder | undefined;
  #held: Set<Held> | undefined;
  #controller: AbortController | undefined;
  #reason: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(words: SharedWords, worker: number, id: number, name: string) {
    this.#words = words;
    this.#worker = worker;
    this.id = id;
    this.name = name;
  }

  /** Who it is to shared primitives. */
  get holder(): Holder {
    return this.#holder ??= { worker: this.#worker, task: this.name };
  }

  /** Whether it is to stop. */
  get isCancelled(): boolean {
    return this.#reason !== undefined ||
      Atomics.load(this.#words.control, WORD.cancel) === this.id;
  }

  /** Whether its time is up. */
  get isLate(): boolean {
    return this.#reason instanceof DeadlineExceeded;
  }

  /** Why it is to stop, the same object each time. */
  get reason(): unknown {
    return this.#reason ??= new TaskStopped(this.name);
  }

  /** Aborts when it is to stop. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    this.attend();
    return this.#controller.signal;
  }

  /** Looks whether the loop wants it to stop, and if so aborts its signal. */
  attend(): void {
    if (!this.isCancelled || !this.#controller) return;
    if (!this.#controller.signal.aborted) this.#controller.abort(this.reason);
  }

  /** Stops it when `left` milliseconds of its `budget` have passed. */
  startTimer(left: number, budget: number): void {
    this.#timer = setTimeout(() => {
      this.expire(new DeadlineExceeded(this.name, budget));
    }, Math.max(0, left));
  }

  /** Its time is up. */
  expire(late: DeadlineExceeded): void {
    this.#reason ??= late;
    this.attend();
  }

  /** Notes how far it has come. */
  reportProgress(fraction: number): void {
    this.progress = fraction;
    this.#words.numbers[NUMBER_WORD.progress] = fraction;
    Atomics.store(this.#words.control, WORD.progressOf, this.id);
  }

  /** Notes that it may be holding `held`. */
  hold(held: Held): void {
    (this.#held ??= new Set()).add(held);
  }

  /** Notes that it holds `held` no more. */
  letGo(held: Held): void {
    this.#held?.delete(held);
  }

  /**
   * Ends it: it holds nothing any more. The first time counts.
   *
   * @param cutOff Whether its code was stopped midway rather than left.
   */
  end(cutOff: boolean): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#held === undefined) return;
    for (const held of this.#held) {
      if (cutOff) held.abandon(this.#worker);
      else held.forget(this.#worker);
    }
    this.#held = undefined;
  }
}
