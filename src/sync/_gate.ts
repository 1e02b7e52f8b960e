import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Result from "npm:effect@^4.1.0/Result";
import type { AnyBody } from "../core/any_body.ts";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { checkBody } from "../core/check_body.ts";
import { attemptOrWait, type Granted } from "../core/checkpoint.ts";
import { WouldBlock } from "../core/room_errors.ts";
import type { Settle } from "../core/suspend_task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import type { ClaimQueue } from "./_claim_queue.ts";
import type { Claim } from "./_wait_queue.ts";

/** What a gate asks of the state machine behind it. */
export interface GateKeeper<C> {
  /** Why a claim may not even be made; the error is thrown, or a defect. */
  refusal(claim: C): Error | undefined;
  /** Grants a claim if it can be granted now. */
  take(claim: C): boolean;
  /** Takes back what was granted. */
  giveBack(claim: C): void;
  /** A claim has joined the queue. */
  queued?(claim: C): void;
  /** A claim has left the queue and got nothing. */
  left?(claim: C): void;
}

/**
 * The suspension before a state machine: what acquiring, trying and holding
 * have in common in everything that hands something out.
 *
 * Invariant: what a claim was granted is given back exactly once: by its user,
 * by `hold`, or by the gate when Effect interrupts the fiber between the grant
 * and its turn.
 */
export class Gate<C extends Claim> {
  readonly #queue: ClaimQueue<C>;
  readonly #subject: WaitSubject;
  readonly #keeper: GateKeeper<C>;

  constructor(
    queue: ClaimQueue<C>,
    subject: WaitSubject,
    keeper: GateKeeper<C>,
  ) {
    this.#queue = queue;
    this.#subject = subject;
    this.#keeper = keeper;
  }

  /** Waits until the claim is granted (R22). */
  acquire(claim: C): Effect.Effect<void> {
    return attemptOrWait<void, never>(
      this.#subject,
      () => this.#attempt(claim),
      (settle) => this.#join(settle, claim),
    );
  }

  /** Grants the claim now or never. */
  tryAcquire(claim: C, verb: string): Result.Result<void, WouldBlock> {
    const refusal = this.#keeper.refusal(claim);
    if (refusal !== undefined) throw refusal;
    return this.#keeper.take(claim)
      ? Result.succeed(undefined)
      : Result.fail(new WouldBlock(verb, this.#subject.label));
  }

  /**
   * Runs `body` between the grant of a claim and its return.
   *
   * The finalizer stands before the wait begins and asks the claim itself: so
   * there is no moment at which something is granted and nobody would return it.
   */
  hold<X extends BodyResult>(
    makeClaim: () => C,
    body: AnyBody,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    checkBody(body);
    const use = effectOfHere<X>(body);
    return Effect.suspend(() => {
      const claim = makeClaim();
      return Effect.ensuring(
        Effect.flatMap(this.acquire(claim), () => use),
        Effect.sync(() => this.#giveBack(claim)),
      );
    });
  }

  #attempt(claim: C): Granted<void, never> | undefined {
    const refusal = this.#keeper.refusal(claim);
    if (refusal !== undefined) return { result: Exit.die(refusal) };
    if (!this.#keeper.take(claim)) return undefined;
    return { result: Exit.void, lost: () => this.#giveBack(claim) };
  }

  #join(settle: Settle<void, never>, claim: C): () => "aborted" {
    const leave = this.#queue.enter(settle, claim, {
      subject: this.#subject,
      lost: () => this.#giveBack(claim),
    });
    this.#keeper.queued?.(claim);
    return () => {
      const verdict = leave();
      this.#keeper.left?.(claim);
      return verdict;
    };
  }

  #giveBack(claim: C): void {
    if (!claim.held) return;
    claim.held = false;
    this.#keeper.giveBack(claim);
  }
}
