import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { TaskNode } from "./_task_node.ts";
import { nameIn } from "./check_options.ts";
import { BrokenResource } from "./errors.ts";
import { inWords } from "./in_words.ts";
import type { WaitSubject } from "./wait_subject.ts";
import { checkpointThen } from "./checkpoint.ts";
import { type Settle, suspendOn } from "./suspend_task.ts";
import { type AnyTask, runningTask, type Task } from "./task.ts";

/** What a waiter brings along and takes away. */
export interface ParkOptions<A> {
  /** What the keeper of the lot sees of the waiter. */
  readonly payload?: unknown;
  /** What the waiter waits for, for those who watch. */
  readonly subject?: WaitSubject;
  /** What the waiter is woken with. */
  readonly result?: () => A;
  /** Called when Effect interrupts the waiter between its wake-up and its turn. */
  readonly lost?: () => void;
}

/**
 * The wait queue below every blocking object (R46).
 *
 * It knows who waits and in which order, and nothing of what for.
 *
 * - **Order:** first come, first served.
 * - **Cancellation:** `park` is a checkpoint. A waiter that is cancelled leaves
 *   the queue; one that was woken before keeps its wake-up (R13).
 * - **Failure:** `BrokenResource` for those who wait in a lot that is broken, now
 *   and later.
 * - **Cost:** joining, leaving and waking take constant time.
 *
 * @example A gate
 * ```ts
 * import { nursery, run } from "espalier";
 * import { ParkingLot } from "espalier/core";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const gate = new ParkingLot({ name: "gate" });
 * const passed = nursery(function* (n) {
 *   const first = n.startSoon(Effect.orDie(gate.park));
 *   n.startSoon(Effect.sync(() => assert.equal(gate.unparkAll(), 1)));
 *   yield* first;
 * });
 * await run(passed);
 * ```
 */
export class ParkingLot {
  #parked = new Set<Parked>();
  #brokenBy: Task[] = [];
  #isBroken = false;
  readonly #breakers = new Map<Task, () => void>();
  readonly #subject: WaitSubject;

  /**
   * Makes an empty lot.
   *
   * @param options A name for those who watch.
   */
  constructor(options: { name?: string } = {}) {
    const name = nameIn(options, "make a ParkingLot");
    this.#subject = {
      label: name === undefined ? "ParkingLot" : `ParkingLot "${name}"`,
      holders: () => [...this.#breakers.keys()] as AnyTask[],
    };
  }

  /**
   * Waits until it is woken.
   *
   * - **Cancellation:** a checkpoint; a waiter that is cancelled leaves the queue.
   */
  get park(): Effect.Effect<void, BrokenResource> {
    return this.parkWith<void>({});
  }

  /** How many wait. */
  get size(): number {
    return this.#parked.size;
  }

  /** The tasks that broke it, in order. */
  get brokenBy(): ReadonlyArray<Task> {
    return this.#brokenBy.slice();
  }

  /** The payload of the one that waits longest. */
  get head(): unknown {
    for (const parked of this.#parked) return parked.options.payload;
    return undefined;
  }

  /** The payloads of all that wait, the longest waiting first. */
  *payloads(): Generator<unknown> {
    for (const parked of this.#parked) yield parked.options.payload;
  }

  /**
   * Waits until it is woken, with something to show and something to take.
   *
   * - **Cancellation:** as for `park`.
   *
   * @param options What it brings along and takes away.
   * @returns What `options.result` makes when it is woken.
   */
  parkWith<A>(options: ParkOptions<A>): Effect.Effect<A, BrokenResource> {
    const subject = options.subject ?? this.#subject;
    return Effect.suspend(() =>
      this.#isBroken
        ? checkpointThen(Exit.fail(this.#broken(subject)))
        : suspendOn<A, BrokenResource>(
          subject,
          (settle) => this.enter(settle, options),
        )
    );
  }

  /**
   * Joins the queue from inside a wait; answers how to leave it.
   *
   * @param settle Ends the wait.
   * @param options What it brings along and takes away.
   * @returns The abort function of the wait.
   */
  enter<A>(
    settle: Settle<A, BrokenResource>,
    options: ParkOptions<A>,
  ): () => "aborted" {
    const parked: Parked = {
      lot: this.#parked,
      settle: settle as Settle<unknown, BrokenResource>,
      options,
    };
    if (this.#isBroken) {
      const subject = options.subject ?? this.#subject;
      settle(Exit.fail(this.#broken(subject)));
    } else {
      this.#parked.add(parked);
    }
    return () => {
      parked.lot.delete(parked);
      return "aborted";
    };
  }

  /**
   * Wakes those who wait longest.
   *
   * @param count How many at most; 1 by default.
   * @returns How many were woken.
   * @throws {RangeError} If `count` is not an integer of at least 0 or Infinity.
   */
  unpark(count = 1): number {
    checkCount(count, "unpark");
    let woken = 0;
    for (const parked of this.#parked) {
      if (woken === count) break;
      woken++;
      this.#parked.delete(parked);
      const { result, lost } = parked.options;
      parked.settle(Exit.succeed(result?.()), lost);
    }
    return woken;
  }

  /**
   * Wakes everybody who waits now.
   *
   * @returns How many were woken.
   */
  unparkAll(): number {
    return this.unpark(Infinity);
  }

  /**
   * Moves those who wait longest to the end of another lot, in order; they can
   * be cancelled there as here.
   *
   * @param to The other lot.
   * @param count How many at most; 1 by default.
   * @throws {RangeError} If `count` is not an integer of at least 0 or Infinity.
   * @throws {TypeError} If `to` is no ParkingLot.
   */
  repark(to: ParkingLot, count = 1): void {
    if (!(to instanceof ParkingLot)) {
      throw new TypeError(
        `Cannot repark tasks: it takes a ParkingLot: received ${inWords(to)}`,
      );
    }
    checkCount(count, "repark");
    if (to === this) return;
    let moved = 0;
    for (const parked of this.#parked) {
      if (moved++ === count) break;
      this.#parked.delete(parked);
      parked.lot = to.#parked;
      if (to.#isBroken) parked.settle(Exit.fail(to.#broken(to.#subject)));
      else to.#parked.add(parked);
    }
  }

  /**
   * Moves everybody to another lot.
   *
   * @param to The other lot.
   */
  reparkAll(to: ParkingLot): void {
    this.repark(to, Infinity);
  }

  /**
   * Breaks the lot: all who wait, and all who come later, fail with
   * `BrokenResource`. Breaking it again only adds to `brokenBy`.
   *
   * @param task Who broke it; the current task, if there is one, by default.
   */
  breakLot(task: Task | undefined = runningTask()): void {
    if (task !== undefined) checkTask(task, "break a ParkingLot");
    this.#isBroken = true;
    if (task !== undefined) this.#brokenBy.push(task);
    for (const parked of this.#parked) {
      this.#parked.delete(parked);
      const subject = parked.options.subject ?? this.#subject;
      parked.settle(Exit.fail(this.#broken(subject)));
    }
  }

  /**
   * Breaks the lot when `task` ends.
   *
   * @param task The task that has to serve those who wait.
   * @throws {TypeError} If `task` has ended already, or is no task.
   */
  addBreaker(task: Task): void {
    checkTask(task, "add a breaker");
    const node = task as AnyTask;
    if (node.exit !== undefined) {
      throw new TypeError(
        `Cannot add "${task.path}" as a breaker: the task has ended`,
      );
    }
    if (this.#breakers.has(task)) return;
    this.#breakers.set(
      task,
      node.whenExited(() => {
        this.#breakers.delete(task);
        this.breakLot(task);
      }),
    );
  }

  /**
   * Takes back `addBreaker`.
   *
   * @param task The task.
   * @throws {TypeError} If `task` is not a breaker of this lot.
   */
  removeBreaker(task: Task): void {
    const callOff = this.#breakers.get(task);
    if (callOff === undefined) {
      throw new TypeError(
        `Cannot remove "${task.path}" as a breaker: it is none`,
      );
    }
    this.#breakers.delete(task);
    callOff();
  }

  /**
   * Counts who waits.
   *
   * @returns A frozen snapshot.
   */
  statistics(): { readonly waiting: number } {
    return Object.freeze({ waiting: this.#parked.size });
  }

  #broken(subject: WaitSubject): BrokenResource {
    return new BrokenResource(
      subject.label,
      this.#brokenBy.map((task) => task.path),
    );
  }
}

interface Parked {
  /** The queue it stands in now; moving it must not cost it its way out. */
  lot: Set<Parked>;
  readonly settle: Settle<unknown, BrokenResource>;
  readonly options: ParkOptions<unknown>;
}

function checkTask(task: unknown, action: string): void {
  if (task instanceof TaskNode) return;
  throw new TypeError(
    `Cannot ${action}: it takes a task: received ${inWords(task)}`,
  );
}

function checkCount(count: number, verb: string): void {
  if (count === Infinity || (Number.isInteger(count) && count >= 0)) return;
  throw new RangeError(
    `Cannot ${verb} tasks: the count must be an integer of at least 0 or ` +
      `Infinity: received ${inWords(count)}`,
  );
}
