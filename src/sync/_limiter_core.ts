import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";
import type { AnyBody } from "../core/any_body.ts";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import type { WouldBlock } from "../core/room_errors.ts";
import { leakWatch } from "../core/leak_port.ts";
import { type AnyTask, runningTask } from "../core/task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import { checkCapacity } from "./_capacity.ts";
import { CapacityState, type TokenClaim } from "./_capacity_state.ts";
import { ClaimQueue } from "./_claim_queue.ts";
import { Gate, type GateKeeper } from "./_gate.ts";
import { ownTask } from "./_owner.ts";

/** A claim to a token, with the task that made it. */
interface LimiterClaim extends TokenClaim<unknown> {
  readonly task: AnyTask | undefined;
}

/** A capacity limiter without its documentation. */
export class LimiterCore implements GateKeeper<LimiterClaim> {
  readonly #label: string;
  readonly #queue = new ClaimQueue<LimiterClaim>();
  readonly #state: CapacityState<unknown, LimiterClaim>;
  readonly #gate: Gate<LimiterClaim>;

  constructor(label: string, total: number) {
    checkCapacity(total, "total", `make ${label}`);
    this.#label = label;
    this.#state = new CapacityState(this.#queue, total);
    const subject: WaitSubject = { label, holders: () => this.#holders() };
    this.#gate = new Gate(this.#queue, subject, this);
    leakWatch?.made(() => {
      const { size } = this.#state.lent;
      return size === 0 ? undefined : `${label}, with ${size} tokens lent`;
    });
  }

  get total(): number {
    return this.#state.total;
  }

  set total(total: number) {
    checkCapacity(total, "total", `resize ${this.#label}`);
    this.#state.resize(total);
  }

  get borrowers(): unknown[] {
    return [...this.#state.lent.keys()];
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** The borrower that the current task is. */
  self(verb: string): AnyTask {
    return ownTask(verb, this.#label);
  }

  acquire(borrower: unknown): Effect.Effect<void> {
    return this.#gate.acquire(claimOf(borrower));
  }

  tryAcquire(borrower: unknown): Result.Result<void, WouldBlock> {
    return this.#gate.tryAcquire(claimOf(borrower), "acquire");
  }

  hold<X extends BodyResult>(
    body: AnyBody,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#gate.hold<X>(() => claimOf(this.self("acquire")), body);
  }

  release(borrower: unknown): void {
    if (this.#state.release(borrower)) return;
    throw new TypeError(
      `Cannot release ${this.#label}: ${nameOf(borrower)} has no token`,
    );
  }

  refusal({ borrower }: LimiterClaim): Error | undefined {
    const state = this.#state.lent.has(borrower)
      ? "has a token already"
      : this.#state.isWaiting(borrower)
      ? "waits for a token already"
      : undefined;
    return state === undefined ? undefined : new TypeError(
      `Cannot acquire ${this.#label}: ${nameOf(borrower)} ${state}`,
    );
  }

  take(claim: LimiterClaim): boolean {
    return this.#state.take(claim);
  }

  giveBack({ borrower }: LimiterClaim): void {
    this.release(borrower);
  }

  queued(claim: LimiterClaim): void {
    this.#state.queued(claim);
  }

  left(claim: LimiterClaim): void {
    this.#state.left(claim);
  }

  /** The tasks that borrowed; one that has ended will hardly give back. */
  #holders(): ReadonlyArray<AnyTask> {
    return [...this.#state.lent.values()].flatMap(({ task }) => task ?? []);
  }
}

function claimOf(borrower: unknown): LimiterClaim {
  return { borrower, task: runningTask(), held: false };
}

function nameOf(borrower: unknown): string {
  if (typeof borrower === "string") return JSON.stringify(borrower);
  const { path } = Object(borrower) as { path?: unknown };
  return typeof path === "string" ? `task "${path}"` : "the borrower";
}
