import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";
import type { AnyBody } from "../core/any_body.ts";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { BrokenResource } from "../core/errors.ts";
import type { WouldBlock } from "../core/room_errors.ts";
import { leakWatch } from "../core/leak_port.ts";
import type { AnyTask } from "../core/task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import { ClaimQueue } from "./_claim_queue.ts";
import { Gate, type GateKeeper } from "./_gate.ts";
import { OwnerWatch, ownTask, remainsOf } from "./_owner.ts";
import {
  type Access,
  type AccessClaim,
  RwLockState,
} from "./_rw_lock_state.ts";

type TaskAccess = AccessClaim<AnyTask>;

/** One of the two doors of a readers-writer lock. */
export interface Door {
  readonly acquire: Effect.Effect<void>;
  tryAcquire(): Result.Result<void, WouldBlock>;
  release(): void;
  hold<X extends BodyResult>(
    body: AnyBody,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>>;
}

/** A readers-writer lock without its documentation. */
export class RwLockCore implements GateKeeper<TaskAccess> {
  readonly queue: ClaimQueue<TaskAccess> = new ClaimQueue();
  readonly state: RwLockState<AnyTask> = new RwLockState(
    this.queue,
    (owner) => this.#owners.add(owner),
  );
  readonly #label: string;
  readonly #gate: Gate<TaskAccess>;
  readonly #owners = new OwnerWatch((task) => this.#break(task));

  constructor(label: string) {
    this.#label = label;
    const subject: WaitSubject = { label, holders: () => this.#holders() };
    this.#gate = new Gate(this.queue, subject, this);
    leakWatch?.made(() => remainsOf(label, this.#holders()));
  }

  /** What tasks call, for one kind of access. */
  door(access: Access): Door {
    const claim = (verb = "acquire"): TaskAccess => ({
      owner: ownTask(verb, this.#label),
      access,
      held: false,
    });
    return {
      acquire: Effect.suspend(() => this.#gate.acquire(claim())),
      tryAcquire: () => this.#gate.tryAcquire(claim(), "acquire"),
      release: () => this.giveBack(claim("release")),
      hold: (body) => this.#gate.hold(claim, body),
    };
  }

  refusal({ owner, access }: TaskAccess): Error | undefined {
    const { brokenBy } = this.state;
    if (brokenBy !== undefined) {
      return new BrokenResource(this.#label, [brokenBy.path]);
    }
    const held = this.state.accessOf(owner);
    return held === undefined ? undefined : new TypeError(
      `Cannot acquire ${this.#label} for ${inWords(access)}: ` +
        `task "${owner.path}" holds it for ${inWords(held)} already`,
    );
  }

  take(claim: TaskAccess): boolean {
    return this.state.take(claim);
  }

  giveBack({ owner, access }: TaskAccess): void {
    if (this.state.accessOf(owner) !== access) {
      throw new TypeError(
        `Cannot release ${this.#label}: task "${owner.path}" ` +
          `does not hold it for ${inWords(access)}`,
      );
    }
    this.#owners.remove(owner);
    this.state.release(owner);
  }

  left(): void {
    // A writer that gave up may have stood before readers.
    this.state.admit();
  }

  #holders(): ReadonlyArray<AnyTask> {
    const { readers, writer } = this.state;
    return writer === undefined ? [...readers] : [writer];
  }

  #break(task: AnyTask): void {
    if (this.state.breakBy(task)) this.queue.lot.breakLot(task);
  }
}

function inWords(access: Access): string {
  return access === "read" ? "reading" : "writing";
}
