import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import {
  asCompleted,
  Barrier,
  cancelScope,
  CapacityLimiter,
  checkpoint,
  checkpointIfCancelled,
  Condition,
  currentTask,
  Event,
  failAfter,
  fromAbortSignal,
  fromPromise,
  Future,
  gather,
  Lock,
  mapConcurrent,
  moveOnAfter,
  now,
  nursery,
  onSleep,
  openBroadcast,
  openMemoryChannel,
  openWatch,
  race,
  run,
  RwLock,
  select,
  Semaphore,
  shield,
  shieldedCheckpoint,
  sleep,
  sleepUntil,
  waitFor,
} from "espalier";
import { SharedChannel, SharedLock, SharedSemaphore } from "espalier/cpu";
import type { TaskNode } from "../../src/core/_task_node.ts";
import { ROOT } from "../architecture/_tree.ts";

type Operation = Effect.Effect<unknown, unknown, Scope.Scope>;

/** Makes each operation anew, in the state in which it need not wait. */
const operations: Record<string, () => Operation> = {
  "`checkpoint`": () => checkpoint,
  "`checkpointIfCancelled`": () => checkpointIfCancelled,
  "`shieldedCheckpoint`": () => shieldedCheckpoint,
  "`sleep(0)`": () => sleep(0),
  "`sleep(1)`": () => sleep(1),
  "`sleepUntil(now())`": () => Effect.suspend(() => sleepUntil(now())),
  "`yield* future`, settled": () => settled(),
  "`future.outcome`, settled": () => settled().outcome,
  "`fromPromise(fn)`": () => fromPromise(() => Promise.resolve()),
  "the end of a `nursery`": () => nursery(() => Effect.void),
  "`cancelScope(body)`": () => cancelScope(() => Effect.void),
  "`moveOnAfter(timeout, body)`": () => moveOnAfter(1000, () => Effect.void),
  "`failAfter(timeout, body)`": () => failAfter(1000, () => Effect.void),
  "`fromAbortSignal(signal, body)`": () =>
    fromAbortSignal(new AbortController().signal, () => Effect.void),
  "`shield(body)`": () => shield(Effect.void),
  "`Lock.acquire`, free": () => new Lock().acquire,
  "`Lock.withLock(body)`, free": () => new Lock().withLock(Effect.void),
  "`Semaphore.acquire`, free": () => new Semaphore(1).acquire,
  "`Semaphore.withPermit(body)`, free": () =>
    new Semaphore(1).withPermit(Effect.void),
  "`CapacityLimiter.acquire`, free": () => new CapacityLimiter(1).acquire,
  "`CapacityLimiter.withToken(body)`, free": () =>
    new CapacityLimiter(1).withToken(Effect.void),
  "`RwLock.acquireRead`, free": () => new RwLock().acquireRead,
  "`RwLock.acquireWrite`, free": () => new RwLock().acquireWrite,
  "`Event.wait`, set": () => {
    const event = new Event();
    event.set();
    return event.wait;
  },
  "`Barrier.wait`, the last": () => new Barrier(1).wait,
  "`Condition.waitFor`, true": () => {
    const condition = new Condition();
    assert.equal(condition.lock.tryAcquire()._tag, "Success");
    return condition.waitFor(() => true);
  },
  "`send`, room left": () => openMemoryChannel<number>(1)[0].send(1),
  "`receive`, value there": () => {
    const [send, receive] = openMemoryChannel<number>(1);
    send.trySend(1);
    return receive.receive;
  },
  "`forEach`, at the end": () => {
    const [send, receive] = openMemoryChannel<number>(1);
    send.close();
    return receive.forEach(() => Effect.void);
  },
  "`receive` of a broadcast, value there": () => {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 1 });
    const receive = subscribe();
    sender.trySend(1);
    return receive.receive;
  },
  "`receive` of a watch, value there": () => openWatch(1).subscribe().receive,
  "`select`, one ready": () => select([onSleep(0, () => Effect.void)]),
  "`gather([])`": () => gather([]),
  "`race([body])`": () => race([Effect.void]),
  "`mapConcurrent([], …)`": () =>
    mapConcurrent([], () => Effect.void, { concurrency: 1 }),
  "`waitFor([], …)`": () => waitFor([], { until: "all" }),
  "`asCompleted([])`": () => asCompleted([]),
  "`SharedLock.acquire`, free": () => new SharedLock().acquire,
  "`SharedSemaphore.acquire`, free": () => new SharedSemaphore(1).acquire,
  "`SharedChannel.send`, room left": () => new SharedChannel<number>(1).send(1),
  "`SharedChannel.receive`, value there": () => {
    const channel = new SharedChannel<number>(1);
    return Effect.flatMap(
      // Sent by Effect alone, so that only the receive is looked at.
      Effect.sync(() => Effect.runFork(channel.send(1))),
      () => channel.receive,
    );
  },
};

Deno.test("guarantees.md has the checkpoints that each operation is (R19, R21)", async () => {
  const rows: string[][] = [];
  for (const [name, make] of Object.entries(operations)) {
    rows.push([
      name,
      await isCancelPoint(make) ? "yes" : "no",
      await isSchedulePoint(make) ? "yes" : "no",
    ]);
  }

  const page = Deno.readTextFileSync(new URL("docs/guarantees.md", ROOT));
  const measured = rows.map((row) => row.join(" | ")).join("\n");
  assert.equal(tableIn(page), measured);
});

/** In a scope that is cancelled, does it end without a value? */
function isCancelPoint(make: () => Operation): Promise<boolean> {
  return run(function* () {
    const answer = yield* cancelScope((scope) =>
      Effect.suspend(() => {
        const operation = make();
        scope.cancel("to see");
        return Effect.exit(Effect.scoped(operation));
      })
    );
    return Option.isNone(answer);
  });
}

/** Has a child that could run before it run after it, and do the counters agree? */
function isSchedulePoint(make: () => Operation): Promise<boolean> {
  return run(nursery(function* (n) {
    const operation = Effect.scoped(make());
    let turned = false;
    n.startSoon(Effect.sync(() => {
      turned = true;
    }));
    const task = currentTask() as unknown as TaskNode;
    const before = task.schedulePoints;
    yield* Effect.orDie(operation);
    assert.equal(task.schedulePoints > before, turned, "its counter agrees");
    return turned;
  }));
}

function settled(): Future<number> {
  const { future, resolver } = Future.make<number>();
  resolver.succeed(1);
  return future;
}

/** The rows of the table below the heading of that name, without its padding. */
function tableIn(page: string): string {
  const [, after = ""] = page.split("## Which operation is a checkpoint\n");
  const [section = ""] = after.split("\n## ");
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim()).join(" | ")
  ).join("\n");
}
