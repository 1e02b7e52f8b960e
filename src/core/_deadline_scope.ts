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
export abstract class DeadlineScope extends EnterableScope {
  readonly #name: string;
  /** How long the body is given: until it is entered, instead of a moment. */
  #timeout: number | undefined;
  #deadline: number | undefined;
  #timer: DeadlineTimer | undefined = undefined;
  #handle: object | undefined = undefined;
  #stopWatching: (() => void) | undefined = undefined;

  constructor(settings: ScopeSettings, defaultName: string) {
    super();
    this.#name = settings.name ?? defaultName;
    this.shielded = settings.shield ?? false;
    this.#deadline = settings.deadline;
    this.#timeout = settings.timeout;
  }

  /** Makes the public object, once somebody wants to see it. */
  protected abstract makeHandle(): object;

  /** The public object: the same one each time. */
  get handle(): object {
    return this.#handle ??= this.makeHandle();
  }

  override get name(): string {
    return this.#name;
  }

  override get ownDeadline(): number {
    return this.#deadline ?? Infinity;
  }

  /** How long the body was given, for the message of a late one. */
  get budget(): number {
    return this.#timeout ?? Infinity;
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
    if (this.ownDeadline <= this.run!.timers.now()) this.fire();
  }

  fire(): void {
    this.cancelFor(
      { _tag: "DeadlinePassed", deadline: this.ownDeadline },
      "host",
      this.ownDeadline,
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
    const { hooks } = this.run!;
    const now = this.#begin();
    if (hooks !== undefined) {
      hooks.emit("scopeEntered", this.handle, this.owner);
    }
    if (this.own !== undefined) this.#stopWatching = watchCleanup(this);
    else this.#arm(now);
  }

  left(): void {
    this.#disarm();
    this.#stopWatching?.();
    const { hooks } = this.run!;
    if (hooks !== undefined) hooks.emit("scopeExited", this.handle, this.owner);
  }

  /** Reads the clock, but only for a scope that has a deadline. */
  #begin(): number {
    if (this.#timeout === undefined && this.#deadline === undefined) return 0;
    const now = this.run!.timers.now();
    if (this.#timeout !== undefined) this.#deadline = now + this.#timeout;
    else this.#timeout = Math.max(0, this.#deadline! - now);
    return now;
  }

  #arm(now: number): void {
    const deadline = this.#deadline ?? Infinity;
    if (deadline === Infinity || this.own !== undefined) return;
    if (deadline <= now) return this.fire();
    this.#timer = new DeadlineTimer(this, deadline);
    this.run!.timers.arm(this.#timer);
  }

  #disarm(): void {
    if (this.#timer?.armed) this.run!.timers.disarm(this.#timer);
  }
}

/** The timer of one deadline; one that is moved gets another one. */
class DeadlineTimer implements Timer {
  armed = false;
  turn = 0;

  constructor(
    readonly scope: DeadlineScope,
    readonly dueAt: number,
  ) {}

  get isEvent(): boolean {
    return true;
  }

  fire(): void {
    this.scope.fire();
  }
}
