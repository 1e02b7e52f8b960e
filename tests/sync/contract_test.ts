import assert from "node:assert/strict";
import type * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type {
  Body0,
  BrokenResource,
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
  Task,
} from "espalier";
import * as sync from "espalier/sync";
import * as front from "espalier";

// What the room promises to its users, as types: this file type-checks, or the
// room has broken its promise. Each declaration is matched in both directions a
// user can tell: what is built has every member, and each takes what it should.

interface Named {
  name?: string;
}
type WouldBlock = { readonly _tag: "WouldBlock" };
type Try = Result.Result<void, WouldBlock>;
type With = <X extends BodyResult>(
  body: Body0<X>,
) => Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>>;

interface Lock {
  readonly acquire: Effect.Effect<void>;
  tryAcquire(): Try;
  release(): void;
  withLock: With;
  statistics(): {
    readonly locked: boolean;
    readonly owner: Task | undefined;
    readonly waiting: number;
  };
}

interface Semaphore {
  readonly acquire: Effect.Effect<void>;
  tryAcquire(): Try;
  release(): void;
  withPermit: With;
  statistics(): {
    readonly value: number;
    readonly max: number;
    readonly waiting: number;
  };
}

interface CapacityLimiter {
  total: number;
  readonly acquire: Effect.Effect<void>;
  tryAcquire(): Try;
  release(): void;
  acquireOnBehalfOf(borrower: unknown): Effect.Effect<void>;
  tryAcquireOnBehalfOf(borrower: unknown): Try;
  releaseOnBehalfOf(borrower: unknown): void;
  withToken: With;
  statistics(): {
    readonly total: number;
    readonly borrowed: number;
    readonly borrowers: ReadonlyArray<unknown>;
    readonly waiting: number;
  };
}

interface Event {
  readonly wait: Effect.Effect<void>;
  set(): void;
  readonly isSet: boolean;
  statistics(): { readonly waiting: number };
}

interface Condition {
  readonly lock: sync.Lock;
  readonly wait: Effect.Effect<void>;
  waitFor(predicate: () => boolean): Effect.Effect<void>;
  notify(count?: number): void;
  notifyAll(): void;
  statistics(): { readonly waiting: number };
}

interface Barrier {
  readonly wait: Effect.Effect<number, BrokenResource>;
  statistics(): { readonly parties: number; readonly waiting: number };
}

interface RwLock {
  readonly acquireRead: Effect.Effect<void>;
  readonly acquireWrite: Effect.Effect<void>;
  tryAcquireRead(): Try;
  tryAcquireWrite(): Try;
  releaseRead(): void;
  releaseWrite(): void;
  withRead: With;
  withWrite: With;
  statistics(): {
    readonly readers: number;
    readonly writer: Task | undefined;
    readonly waiting: number;
  };
}

/** What the room exports, by name, with what it is made from. */
const built: {
  Lock: new (options?: Named) => Lock;
  Semaphore: new (
    permits: number,
    options?: Named & { max?: number },
  ) => Semaphore;
  CapacityLimiter: new (total: number, options?: Named) => CapacityLimiter;
  Event: new (options?: Named) => Event;
  Condition: new (lock?: sync.Lock, options?: Named) => Condition;
  Barrier: new (parties: number, options?: Named) => Barrier;
  RwLock: new (options?: Named) => RwLock;
} = sync;

/** Whether two types are the same to the letter. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
const holds = <_Claim extends true>(): void => {};

// A try fails with nothing but WouldBlock, a wait with what is declared.
holds<
  Same<
    ReturnType<sync.Lock["tryAcquire"]>,
    Result.Result<void, sync.WouldBlock>
  >
>();
holds<Same<sync.Lock["acquire"], Effect.Effect<void>>>();
holds<Same<sync.Semaphore["acquire"], Effect.Effect<void>>>();
holds<Same<sync.CapacityLimiter["acquire"], Effect.Effect<void>>>();
holds<Same<sync.Event["wait"], Effect.Effect<void>>>();
holds<Same<sync.Condition["wait"], Effect.Effect<void>>>();
holds<Same<sync.Barrier["wait"], Effect.Effect<number, BrokenResource>>>();
holds<Same<sync.RwLock["acquireWrite"], Effect.Effect<void>>>();
holds<Same<sync.WouldBlock["_tag"], "WouldBlock">>();
holds<Same<sync.BusyResource["_tag"], "BusyResource">>();

Deno.test("the room of taking turns exports what its contract names, and the front door too", () => {
  const names = [
    ...Object.keys(built).filter((name) => /^[A-Z]/.test(name)),
    "WouldBlock",
    "BusyResource",
  ];

  for (const name of names) {
    assert.equal(typeof Reflect.get(sync, name), "function", name);
    assert.equal(Reflect.get(front, name), Reflect.get(sync, name), name);
  }
  assert.ok(names.length >= 9);
});
