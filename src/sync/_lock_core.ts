import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";
import { BrokenResource } from "../core/errors.ts";
import type { ParkingLot } from "../core/parking_lot.ts";
import { leakWatch } from "../core/leak_port.ts";
import type { WouldBlock } from "../core/room_errors.ts";
import type { AnyTask } from "../core/task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import { ClaimQueue } from "./_claim_queue.ts";
import { Gate, type GateKeeper } from "./_gate.ts";
import { type LockClaim, LockState } from "./_lock_state.ts";
import { OwnerWatch, ownTask, remainsOf } from "./_owner.ts";

/** A claim of a task to own a lock. */
export type TaskClaim = LockClaim<AnyTask>;

/**
 * A lock as this room sees it: what `Lock` and `Condition` share.
 *
 * Invariant: while somebody depends on the lock, its owner is watched; else it
 * is enough that whoever comes looks whether the owner has ended.
 */
export class LockCore implements GateKeeper<TaskClaim> {
  readonly label: string;
  readonly queue: ClaimQueue<TaskClaim> = new ClaimQueue();
  readonly gate: Gate<TaskClaim>;
  readonly #dependants = new Set<ParkingLot>();
  readonly #state = new LockState<AnyTask>(
    this.queue,
    () => this.#watchOwner(),
  );
  readonly #owners = new OwnerWatch((task) => this.#break(task));

  constructor(label: string) {
    this.label = label;
    const subject: WaitSubject = { label, holders: () => this.holders() };
    this.gate = new Gate(this.queue, subject, this);
    leakWatch?.made(() => remainsOf(label, this.holders()));
  }

  get owner(): AnyTask | undefined {
    return this.#state.owner;
  }

  /** Whether `task` has it and can still give it back. */
  isHeldBy(task: AnyTask): boolean {
    return this.#state.isHeldBy(task);
  }

  /** The one who could release it. */
  holders(): ReadonlyArray<AnyTask> {
    return this.owner === undefined ? [] : [this.owner];
  }

  /** A claim in the name of the current task. */
  claim(): TaskClaim {
    return { owner: ownTask("acquire", this.label), held: false };
  }

  acquire(): Effect.Effect<void> {
    return this.gate.acquire(this.claim());
  }

  tryAcquire(): Result.Result<void, WouldBlock> {
    return this.gate.tryAcquire(this.claim(), "acquire");
  }

  /** Throws unless `task` owns the lock. */
  release(task: AnyTask): void {
    if (!this.isHeldBy(task)) {
      throw new TypeError(
        `Cannot release ${this.label}: task "${task.path}" does not hold it`,
      );
    }
    // Before the release: the next owner may be the same task.
    this.#owners.remove(task);
    this.#state.release();
  }

  /**
   * Breaks `lot` with the lock: tasks wait there that need it to go on. Called
   * by the owner before it releases: every later one is watched.
   */
  addDependant(lot: ParkingLot): void {
    this.#dependants.add(lot);
  }

  /** Takes back `addDependant`. */
  removeDependant(lot: ParkingLot): void {
    this.#dependants.delete(lot);
  }

  refusal({ owner }: TaskClaim): Error | undefined {
    if (this.owner?.exit !== undefined) this.#break(this.owner);
    const { brokenBy } = this.#state;
    if (brokenBy !== undefined) {
      return new BrokenResource(this.label, [brokenBy.path]);
    }
    if (this.owner !== owner) return undefined;
    return new TypeError(
      `Cannot acquire ${this.label}: task "${owner.path}" holds it already`,
    );
  }

  take(claim: TaskClaim): boolean {
    return this.#state.take(claim);
  }

  queued(): void {
    this.#watchOwner();
  }

  giveBack({ owner }: TaskClaim): void {
    // A condition may have lost the lock for good: it was broken meanwhile.
    if (this.#state.brokenBy === undefined) this.release(owner);
  }

  #watchOwner(): void {
    if (this.owner === undefined) return;
    if (this.queue.size + this.#dependants.size > 0) {
      this.#owners.add(this.owner);
    }
  }

  #break(task: AnyTask): void {
    if (!this.#state.breakBy(task)) return;
    this.queue.lot.breakLot(task);
    for (const lot of this.#dependants) lot.breakLot(task);
  }
}
