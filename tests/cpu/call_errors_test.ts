import assert from "node:assert/strict";
import { errorOfDeath, errorOfFault } from "../../src/cpu/call_errors.ts";
import { registerError } from "../../src/cpu/error_registry.ts";
import {
  NotSerializable,
  Poisoned,
  QueueFull,
  TaskFailed,
  TaskNotFound,
} from "../../src/cpu/errors.ts";
import { killSwitchWorks } from "../../src/cpu/substrate/kill_probe.ts";
import { threadSubstrate } from "../../src/cpu/substrate/thread.ts";
import {
  WorkerCrashed,
  WorkerOutOfMemory,
} from "../../src/cpu/worker_death.ts";
import { flattenFailure } from "../../src/wire/flatten_failure.ts";
import { ConcurrencyError, DeadlineExceeded } from "../../src/core/errors.ts";

const call = {
  task: "parse",
  module: "file:///parse.ts",
  worker: 3,
  timeout: 50,
  memoryLimit: 64,
  nearStack: "near",
};

class OutOfStock extends Error {
  override readonly name = "OutOfStock";

  constructor(readonly item: string, readonly left: number) {
    super(`Cannot sell ${item}: ${left} left`);
  }
}

Deno.test("errorOfFault() revives what a task threw by its class, with both stacks", () => {
  registerError(OutOfStock);
  const thrown = new OutOfStock("tea", 0);
  const failure = structuredClone(flattenFailure(thrown));

  const error = errorOfFault({ why: "threw", failure }, call);

  assert(error instanceof TaskFailed && error instanceof ConcurrencyError);
  assert(error.cause instanceof OutOfStock);
  assert.deepEqual({ ...error.cause }, { ...thrown });
  assert.equal(error.task, "parse");
  assert.equal(error.worker, 3);
  assert.equal(error.farStack, thrown.stack);
  assert.equal(error.nearStack, "near");
  assert.equal(
    error.message,
    'Cannot finish "parse" on worker 3: Cannot sell tea: 0 left',
  );
});

Deno.test("errorOfFault() says why an inline task misses a name, and guesses nothing else", () => {
  const messageOf = (thrown: Error, module: string) =>
    errorOfFault(
      { why: "threw", failure: structuredClone(flattenFailure(thrown)) },
      { ...call, module },
    ).message;
  const missing = new ReferenceError("rate is not defined");
  const plain = 'Cannot finish "parse" on worker 3: rate is not defined';

  assert.equal(
    messageOf(missing, "inline"),
    `${plain}: an inline task sees its arguments and globals, nothing around it`,
  );
  assert.equal(messageOf(missing, "file:///parse.ts"), plain);
  assert.equal(
    messageOf(new TypeError("no"), "inline"),
    'Cannot finish "parse" on worker 3: no',
  );
});

Deno.test("errorOfFault() gives what the runtime throws in a worker back as the public classes", () => {
  const ours = [
    new Poisoned("lock", 1, "t"),
    new NotSerializable("value", "a function"),
    new DeadlineExceeded("t", 5),
  ];
  for (const thrown of ours) {
    const failure = structuredClone(flattenFailure(thrown));
    const error = errorOfFault({ why: "threw", failure }, call);
    assert.equal((error.cause as Error).constructor, thrown.constructor);
    assert.equal((error.cause as Error).message, thrown.message);
  }
});

Deno.test("errorOfFault() tells a missing function, a late task and an unsendable result", () => {
  const missing = errorOfFault({
    why: "missing",
    missing: "permission",
    detail: "it needs --allow-read=/parse.ts",
    failure: flattenFailure(new TypeError("no")),
  }, call);
  const late = errorOfFault(
    { why: "deadline", failure: flattenFailure("late") },
    call,
  );
  const bad = errorOfFault(
    { why: "unsendable", path: "result.link", kind: "an instance of URL" },
    call,
  );

  assert(missing instanceof TaskNotFound);
  assert.equal(missing.why, "permission");
  assert.equal(missing.module, "file:///parse.ts");
  assert.match(missing.message, /--allow-read=\/parse\.ts/);
  assert(missing.cause instanceof TypeError);
  assert(late instanceof DeadlineExceeded);
  assert.equal(late.budget, 50);
  assert(bad instanceof NotSerializable);
  assert.equal(bad.path, "result.link");
});

Deno.test("errorOfDeath() tells a crash from running out of memory", () => {
  const exit = errorOfDeath({ how: "exited", exitCode: 7 }, call);
  const thrown = errorOfDeath({
    how: "exited",
    exitCode: 1,
    failure: flattenFailure(new RangeError("late")),
  }, call);
  const memory = errorOfDeath({ how: "outOfMemory", exitCode: 1 }, call);

  assert(exit instanceof WorkerCrashed);
  assert.equal(exit.exitCode, 7);
  assert.match(exit.message, /worker 3 ended with exit code 7/);
  assert(thrown instanceof WorkerCrashed && thrown.cause instanceof RangeError);
  assert.match(thrown.message, /ended by late/);
  assert(memory instanceof WorkerOutOfMemory);
  assert.equal(memory.limit, 64);
});

Deno.test("errors describe what cannot be described, and name their tag", () => {
  const odd = new TaskFailed("t", 1, Object.create(null));

  assert.match(odd.message, /something that cannot be described/);
  assert.equal(odd._tag, "TaskFailed");
  assert.equal(new QueueFull(5, "drop").policy, "drop");
  assert.match(new QueueFull(5, "drop").message, /5 newer ones/);
  assert.throws(() => registerError(class extends Error {}), TypeError);
});

Deno.test("killSwitchWorks() says yes on this Deno, and tries only once", async () => {
  const substrate = threadSubstrate();
  const first = killSwitchWorks(substrate);

  assert.equal(killSwitchWorks(substrate), first);
  assert.equal(await first, true);
});
