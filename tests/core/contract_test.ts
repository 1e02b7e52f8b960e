import assert from "node:assert/strict";
import type * as Cause from "effect/Cause";
import type * as Clock from "effect/Clock";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Option from "effect/Option";
import type * as Scheduler from "effect/Scheduler";
import * as espalier from "espalier";
import * as core from "espalier/core";

Deno.test("the front door has every name of the core", () => {
  const names = [
    "AlreadyInRun",
    "AlreadyStarted",
    "BrokenResource",
    "CancelScope",
    "Cancellation",
    "Cancelled",
    "DeadlineExceeded",
    "ErrorGroup",
    "ExitedWithoutStarting",
    "Future",
    "InternalError",
    "NotInRun",
    "NurseryCancelled",
    "NurseryClosed",
    "RunLocal",
    "ScopeReused",
    "TaskCancelled",
    "TaskLocal",
    "cancelScope",
    "cancellationOf",
    "checkpoint",
    "checkpointIfCancelled",
    "currentEffectiveDeadline",
    "currentTask",
    "failAfter",
    "failAt",
    "fromPromise",
    "main",
    "moveOnAfter",
    "moveOnAt",
    "now",
    "nursery",
    "run",
    "runExit",
    "shield",
    "shieldedCheckpoint",
    "sleep",
    "sleepForever",
    "sleepUntil",
    "taskGroup",
    "taskPathOf",
  ];
  for (const name of names) {
    assert(name in espalier, `${name} is missing from mod.ts`);
    assert(name in core, `${name} is missing from src/core/mod.ts`);
  }
  for (const name of ["ParkingLot", "suspendTask"]) assert(name in core);
});

Deno.test("the classes of the core have the members that they promise", () => {
  const members: [new (...args: never[]) => object, string[]][] = [
    [espalier.CancelScope, [
      "run",
      "cancel",
      "deadline",
      "shield",
      "cancelCalled",
      "cancelledCaught",
      "cancellation",
      "signal",
    ]],
    [espalier.Future, [
      "outcome",
      "status",
      "poll",
      "cancel",
      "promise",
      "asEffect",
    ]],
    [espalier.Cancellation, ["explain"]],
    [espalier.TaskLocal, ["get", "provide"]],
    [espalier.RunLocal, ["get", "set"]],
    [core.ParkingLot, [
      "park",
      "unpark",
      "unparkAll",
      "repark",
      "reparkAll",
      "breakLot",
      "addBreaker",
      "removeBreaker",
      "brokenBy",
      "size",
      "statistics",
    ]],
  ];
  for (const [made, names] of members) {
    for (const name of names) {
      assert(name in made.prototype, `${made.name}.${name} is missing`);
    }
  }
  assert.equal(typeof espalier.Future.make, "function");
  assert.equal(typeof espalier.Future.fromPromise, "function");
});

/** The declarations of the contract, restated where they are not generic. */
const declared: {
  sleep(duration: Duration.Input): Effect.Effect<void>;
  sleepUntil(deadline: number): Effect.Effect<void>;
  sleepForever: Effect.Effect<never>;
  now(): number;
  checkpoint: Effect.Effect<void>;
  checkpointIfCancelled: Effect.Effect<void>;
  shieldedCheckpoint: Effect.Effect<void>;
  currentTask(): espalier.Task;
  currentEffectiveDeadline(): number;
  cancellationOf(
    from: Cause.Cause<unknown> | Cause.Reason<unknown>,
  ): espalier.Cancellation | undefined;
  taskPathOf(reason: Cause.Reason<unknown>): string | undefined;
} = espalier;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

function same<A, B>(_same: Same<A, B>): void {}

function assertTypes(
  scope: espalier.CancelScope,
  cancellation: espalier.Cancellation,
  future: espalier.Future<number, string>,
  n: espalier.Nursery<string>,
  task: espalier.Task,
  outcome: espalier.Outcome<number, string>,
  group: espalier.ErrorGroup,
): void {
  same<typeof scope.deadline, number>(true);
  same<typeof scope.cancellation, espalier.Cancellation | undefined>(true);
  same<typeof scope.signal, AbortSignal>(true);
  same<typeof cancellation.reason, espalier.CancelReason>(true);
  same<espalier.CancelReason["_tag"], CancelReasonTag>(true);
  same<typeof cancellation.requestedBy, string>(true);
  same<ReturnType<typeof future.poll>, Option.Option<typeof outcome>>(true);
  same<ReturnType<typeof future.promise>, Promise<number>>(true);
  same<ReturnType<typeof future.asEffect>, Effect.Effect<number, string>>(true);
  same<typeof future.outcome, Effect.Effect<typeof outcome>>(true);
  same<typeof n.cancelScope, espalier.CancelScope>(true);
  same<typeof n.isClosed, boolean>(true);
  same<typeof task.parentTask, espalier.Task | undefined>(true);
  same<typeof task.waitingFor, string | undefined>(true);
  same<typeof outcome._tag, "Succeeded" | "Failed" | "Cancelled">(true);
  same<typeof group.paths, readonly string[]>(true);
  same<typeof group.cause, Cause.Cause<unknown>>(true);
  same<ReturnType<typeof ranForExit>, Promise<Exit.Exit<number, string>>>(true);
}

type CancelReasonTag =
  | "Explicit"
  | "DeadlinePassed"
  | "ChildFailed"
  | "BodyFailed"
  | "Signal"
  | "Aborted"
  | "Shutdown";

function ranForExit(body: Effect.Effect<number, string>) {
  return espalier.runExit(body);
}

Deno.test("the options of a run are those of the contract", async () => {
  const options: Required<espalier.RunOptions> = {
    name: "main",
    signal: new AbortController().signal,
    clock: Effect.runSync(Effect.clockWith(Effect.succeed)) as Clock.Clock,
    scheduler: Effect.runSync(
      Effect.withFiber((fiber) => Effect.succeed(fiber.cache.scheduler)),
    ) as Scheduler.Scheduler,
    instruments: [],
    capture: "stack",
    slowCleanup: "5 seconds",
  };
  assert.equal(await espalier.run(Effect.succeed(1), options), 1);
  assert.equal(typeof declared.now, "function");
  assert.equal(assertTypes.length, 7);
});
