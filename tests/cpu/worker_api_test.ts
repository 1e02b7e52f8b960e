import assert from "node:assert/strict";
import { runWithin, STOPPED } from "../../src/cpu/worker/deadline.ts";
import {
  callHost,
  cancelRequested,
  checkCancelled,
  move,
  reportProgress,
  signal,
} from "../../src/cpu/worker/mod.ts";
import { movingOf } from "../../src/cpu/worker/moved.ts";
import { loadTaskModule } from "../../src/cpu/worker/task_module.ts";
import { TaskRegistry } from "../../src/cpu/worker/task_registry.ts";

Deno.test("the worker API is harmless outside a worker", async () => {
  checkCancelled();
  reportProgress(0.5);

  assert.equal(cancelRequested(), false);
  assert.equal(signal().aborted, false);
  await assert.rejects(callHost("price", 1), {
    message: 'Cannot call "price" on the host: no worker runs this code',
  });
});

Deno.test("reportProgress() refuses what is no number", () => {
  assert.throws(() => reportProgress(NaN), RangeError);
  assert.throws(() => reportProgress(Infinity), RangeError);
});

Deno.test("move() finds what can be handed over, and takes exactly what it is given", () => {
  const one = new Float64Array(4);
  const two = new ArrayBuffer(8);
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  const value = { one, deep: [new Map([["two", two]])], shared, text: "x" };

  const found = movingOf(move(value))!;
  const given = movingOf(move(value, two))!;

  assert.deepEqual(found.transfer, [one.buffer, two]);
  assert.equal(found.value, value);
  assert.deepEqual(given.transfer, [two]);
  assert.deepEqual(movingOf(move(one, one.buffer))!.transfer, [one.buffer]);
  assert.deepEqual(movingOf(move(shared))!.transfer, []);
  assert.equal(movingOf(value), undefined);
});

Deno.test("move() ends on a cycle", () => {
  const cycle: unknown[] = [new ArrayBuffer(1)];
  cycle.push(cycle);

  assert.equal(movingOf(move(cycle))!.transfer.length, 1);
});

Deno.test("runWithin() stops a loop that catches everything, and the thread goes on", () => {
  const stopped = runWithin(10, () => {
    for (;;) {
      try {
        for (;;);
      } catch {
        // nothing
      } finally {
        for (;;);
      }
    }
  });

  assert.equal(stopped, STOPPED);
  assert.equal(runWithin(1000, () => "after"), "after");
});

Deno.test("runWithin() gives back what its body throws, even what looks like a deadline", () => {
  const lookalike = Object.assign(new Error("mine"), {
    code: "ERR_SCRIPT_EXECUTION_TIMEOUT",
  });

  assert.throws(() =>
    runWithin(1000, () => {
      throw lookalike;
    }), (error) => error === lookalike);
  assert.throws(() =>
    runWithin(1000, () => {
      throw undefined;
    }), (error) => error === undefined);
});

Deno.test("loadTaskModule() says when it evaluates, and tells apart why a module is missing", async () => {
  const trail: string[] = [];
  const good = moduleOf("globalThis.x; export const a = 1;");

  const loaded = await loadTaskModule(good, () => trail.push("evaluating"));
  const absent = await loadTaskModule("file:///nowhere/at/all.ts", () => {});
  const throwing = await loadTaskModule(
    moduleOf("throw new RangeError('at the top')"),
    () => {},
  );
  const broken = await loadTaskModule(moduleOf("const = 1"), () => {});

  assert("module" in loaded);
  assert.deepEqual({ ...loaded.module }, { a: 1 });
  assert.deepEqual(trail, ["evaluating"]);
  assert("missing" in absent && "missing" in throwing && "missing" in broken);
  assert.equal(absent.missing, "module");
  assert.equal(
    absent.detail,
    'Module not found "file:///nowhere/at/all.ts".',
  );
  assert.equal(throwing.detail, "its code failed: at the top");
  assert(throwing.cause instanceof RangeError);
  assert.equal(broken.missing, "module");
});

Deno.test("TaskRegistry finds exports and inline functions, and remembers only what it found", async () => {
  const states: string[] = [];
  const registry = new TaskRegistry({
    loading: () => states.push("loading"),
    evaluating: () => states.push("evaluating"),
  });
  const source = moduleOf(
    "export const add = (a, b) => a + b; export let n = 1",
  );
  registry.define(0, { kind: "module", source, name: "add" });
  registry.define(1, { kind: "module", source, name: "sub" });
  registry.define(2, { kind: "module", source, name: "n" });
  registry.define(3, { kind: "inline", source: "(a) => a * 2", name: "twice" });
  registry.define(4, { kind: "inline", source: "(a => ", name: "broken" });

  const add = await registry.resolve(0);
  const sub = await registry.resolve(1);
  const notCallable = await registry.resolve(2);
  const twice = registry.resolve(3);
  const broken = registry.resolve(4);
  const unknown = registry.resolve(9);

  assert("call" in add && add.call(1, 2) === 3);
  assert.equal(registry.resolve(0), add);
  assert("missing" in sub && sub.missing === "export");
  assert.match(sub.detail, /has no export "sub"/);
  assert("missing" in notCallable);
  assert.equal(notCallable.detail, 'its export "n" is not a function');
  assert("call" in twice && twice.call(4) === 8);
  assert("missing" in broken && broken.cause instanceof SyntaxError);
  assert("missing" in unknown);
  assert.deepEqual(states.slice(0, 2), ["loading", "evaluating"]);
});

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
