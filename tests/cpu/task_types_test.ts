import assert from "node:assert/strict";
import type * as Effect from "effect/Effect";
import {
  type CpuError,
  type CpuScope,
  type CpuStreamTask,
  type CpuTask,
  inline,
  move,
  SharedCounter,
  type SharedLock,
  workerModule,
} from "../../src/cpu/mod.ts";
import type * as Twin from "../../src/cpu/worker/mod.ts";

// What compiles and what does not: checked by `deno check`, run to show that
// tasks are plain values.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

const module = workerModule<{
  add(a: number, b: number): number;
  later(a: string): Promise<boolean>;
  pixels(): Twin.Moved<Uint8Array>;
  count(to: number): Generator<number, string>;
  ticks(): AsyncGenerator<"tick">;
  fail(): never;
  visit(url: URL): string;
  on(call: () => void): void;
  share(counter: Twin.SharedCounter): void;
  version: string;
}>("data:text/javascript,");

same<typeof module.add, CpuTask<[a: number, b: number], number>>(true);
same<typeof module.later, CpuTask<[a: string], boolean>>(true);
same<typeof module.pixels, CpuTask<[], Uint8Array>>(true);
same<typeof module.count, CpuStreamTask<[to: number], number, string>>(true);
same<typeof module.fail, CpuTask<[], never>>(true);

function calls(cpu: CpuScope, lock: SharedLock): void {
  const sum: Effect.Effect<number, CpuError> = cpu.run(module.add, 1, 2);
  cpu.run(module.share, new SharedCounter());
  cpu.map(inline((n: number) => n * 2), [1, 2]);
  cpu.stream(module.count, 3);
  cpu.run(inline((bytes: Uint8Array) => bytes.length), move(new Uint8Array(1)));
  // @ts-expect-error: too few arguments
  cpu.run(module.add, 1);
  // @ts-expect-error: the wrong type
  cpu.run(module.add, 1, "2");
  // @ts-expect-error: a URL arrives empty
  cpu.run(module.visit, new URL("https://deno.com"));
  // @ts-expect-error: a function does not cross
  cpu.run(module.on, () => {});
  // @ts-expect-error: a lock is no counter
  cpu.run(module.share, lock);
  // @ts-expect-error: a generator is streamed, not run
  cpu.run(module.count, 3);
  // @ts-expect-error: what is no function is no task
  module.version;
  // @ts-expect-error: a function is no task
  cpu.run((n: number) => n, 1);
  // @ts-expect-error: map takes tasks of one argument
  cpu.map(module.add, [1]);
  void sum;
}

Deno.test("tasks are values with a name, and options make new ones", () => {
  const twice = inline(function twice(n: number) {
    return n * 2;
  });

  assert.equal(module.add.name, "add");
  assert.equal(module.add, module.add);
  assert.equal(twice.name, "twice");
  assert.equal(twice.with({ name: "double" }).name, "double");
  assert.equal(twice.with({ name: "double" }).with({ key: 1 }).name, "double");
  assert.equal(Reflect.get(module, "then"), undefined);
  assert.throws(() => twice.with({ priority: NaN }), RangeError);
  assert.throws(() => twice.with({ timeout: -1 }), RangeError);
  assert.throws(() => workerModule("./relative.ts"), TypeError);
  assert.equal(calls.length, 2);
});
