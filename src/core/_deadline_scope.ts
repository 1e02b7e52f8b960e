import { watchCleanup } from "./_cleanup_watch.ts";
import { Cancellation } from "./cancellation.ts";
import type { CancelReason } from "./cancel_reason.ts";
import { EnterableScope } from "./_scope_work.ts";
import type { Timer } from "./_timers.ts";

/** How a scope is to be. */
export interface ScopeSettings {
  readonly name?: string | undefined;
  readonly shield?: boolean | undefined;
  /** Milliseconds, counted from entry (R4). */
  readonly timeout?: number | undefined;
  /** Milliseconds on the run clock. */
  readonly deadline?: number | undefined;
}

/** The state behind a `CancelScope`: a scope with a deadline that may move. */
export class DeadlineScope extends EnterableScope implements Timer {
  /** Its place in the heap; fixed once it was armed, wherever it moves later. */
  dueAt = Infinity;
  armed = false;
  turn = 0;
  readonly isEvent = true;
  readonly #timeout: number | undefined;
  readonly #defaultName: string;
  readonly #makeHandle: (scope: DeadlineScope) => object;
  #handle: object | undefined = undefined;
  #deadline: number;
  #timer: Timer | undefined = undefined;
  #enteredAt = 0;
  #stopWatching: (() => void) | undefined = undefined;

  /**
   * @param makeHandle Makes the public object, once somebody wants to see it.
   */
  constructor(
    settings: ScopeSettings,
    defaultName: string,
    makeHandle: (scope: DeadlineScope) => object,
  ) {
    super(settings.name);
    this.shielded = settings.shield ?? false;
    this.#deadline = settings.deadline ?? Infinity;
    this.#timeout = settings.timeout;
    this.#defaultName = defaultName;
    this.#makeHandle = makeHandle;
  }

  /** The public object: the same one each time. */
  get handle(): object {
    return this.#handle ??= this.#makeHandle(this);
  }

  override get name(): string {
    return this.givenName ?? this.#defaultName;
  }

  override get ownDeadline(): number {
    return this.#deadline;
  }

  /** How long the body was given, for the message of a late one. */
  get budget(): number {
    return this.#timeout ??
      Math.max(0, this.#deadline - this.#enteredAt);
  }

  /** Has it a length of time instead of a moment, and no moment yet? */
  get isRelative(): boolean {
    return this.#timeout !== undefined && this.state === "unbound";
  }

  /** Changes the deadline; one that has passed strikes at the next checkpoint. */
  moveDeadline(deadline: number): void {
    this.#disarm();
    this.#deadline = deadline;
    if (this.state === "open") this.#arm(this.run!.timers.now());
  }

  /** Cancels it as its deadline passed, if it has (R4). */
  checkDeadline(): void {
    if (this.state !== "open" || this.own !== undefined) return;
    if (this.#deadline <= this.run!.timers.now()) this.fire();
  }

  fire(): void {
    this.cancelFor(
      { _tag: "DeadlinePassed", deadline: this.#deadline },
      "host",
      this.#deadline,
    );
  }

  /** Cancels it for a reason; the first one stands (R10). */
  cancelFor(reason: CancelReason, requestedBy: string, at: number): void {
    if (this.own !== undefined) return;
    const stack = this.run?.capturesStacks
      ? new Error("cancelled here").stack
      : undefined;
    const { name } = this;
    const cancellation = new Cancellation({
      reason,
      scope: name,
      requestedBy,
      at,
      stack,
    });
    this.#disarm();
    this.cancelWith(cancellation);
    const hooks = this.run?.hooks;
    if (hooks !== undefined) {
      hooks.emit("scopeCancelled", this.handle, cancellation);
    }
    if (this.state === "open") this.#stopWatching = watchCleanup(this);
  }

  entered(): void {
    const { timers, hooks } = this.run!;
    if (this.#timeout !== undefined || this.#deadline !== Infinity) {
      this.#enteredAt = timers.now();
      if (this.#timeout !== undefined) {
        this.#deadline = this.#enteredAt + this.#timeout;
      }
    }
    if (hooks !== undefined) {
      hooks.emit("scopeEntered", this.handle, this.owner);
    }
    if (this.own !== undefined) this.#stopWatching = watchCleanup(this);
    else this.#arm(this.#enteredAt);
  }

  left(): void {
    this.#disarm();
    this.#stopWatching?.();
    const { hooks } = this.run!;
    if (hooks !== undefined) hooks.emit("scopeExited", this.handle, this.owner);
  }

  #arm(now: number): void {
    const deadline = this.#deadline;
    if (deadline === Infinity || this.own !== undefined) return;
    if (deadline <= now) return this.fire();
    if (this.#timer === undefined) {
      this.dueAt = deadline;
      this.#timer = this;
    } else {
      // The heap may still hold the timer that was disarmed, under its old key.
      this.#timer = new MovedDeadline(this, deadline);
    }
    this.run!.timers.arm(this.#timer);
  }

  #disarm(): void {
    if (this.#timer?.armed) this.run!.timers.disarm(this.#timer);
  }
}

/** The timer of a deadline that has been changed. */
class MovedDeadline implements Timer {
  armed = false;
  turn = 0;
  readonly isEvent = true;

  constructor(
    readonly scope: DeadlineScope,
    readonly dueAt: number,
  ) {}

  fire(): void {
    this.scope.fire();
  }
}
