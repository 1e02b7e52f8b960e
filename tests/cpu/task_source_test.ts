import assert from "node:assert/strict";
import { taskSource } from "../../src/cpu/task_source.ts";

const key = "computed";
const shapes = {
  method(n: number) {
    return n + 1;
  },
  async later(n: number) {
    return await n + 1;
  },
  *items(n: number) {
    yield n + 1;
  },
  async *laterItems(n: number) {
    yield await n + 1;
  },
  async(n: number) {
    return n + 1;
  },
  get(n: number) {
    return n + 1;
  },
  [key](n: number) {
    return n + 1;
  },
  "with a space"(n: number) {
    return n + 1;
  },
  arrow: (n: number) => n + 1,
  bare: (n: number) => {
    return n + 1;
  },
  laterArrow: async (n: number) => await n + 1,
  named: function named(n: number): number {
    return n === 0 ? 1 : named(n - 1) + 1;
  },
  generator: function* (n: number) {
    yield n + 1;
  },
  static: class {
    static add(n: number) {
      return n + 1;
    }
  }.add,
};

for (const [name, fn] of Object.entries(shapes)) {
  Deno.test(`taskSource() reads ${name} so that it can be called`, async () => {
    const call = evaluate(taskSource(fn));

    const result = call(1);

    const value = typeof result === "object" && "next" in result
      ? (await result.next()).value
      : await result;
    assert.equal(value, 2);
  });
}

Deno.test("taskSource() keeps `this` of a method and of a function", () => {
  const method = {
    ask(this: { answer: number }) {
      return this.answer;
    },
  };
  const call = evaluate(taskSource(method.ask));

  assert.equal(Reflect.apply(call, { answer: 42 }, []), 42);
});

Deno.test("taskSource() refuses what has no source of its own, and says what it is", () => {
  class Class {
    #hidden(): void {}
    get hidden(): () => void {
      return this.#hidden;
    }
  }
  const accessor = Object.getOwnPropertyDescriptor(Class.prototype, "hidden")!;
  const refused: [unknown, RegExp][] = [
    [Math.max, /native function has no source/],
    [(() => 1).bind(null), /bound function has no source/],
    [Class, /"Class": it is a class/],
    [accessor.get, /it is an accessor/],
    [new Class().hidden, /does not stand alone/],
    ["text", /expected a function, received string/],
  ];
  for (const [fn, message] of refused) {
    assert.throws(() => taskSource(fn as () => void), {
      name: "TypeError",
      message,
    });
  }
});

// deno-lint-ignore no-explicit-any
function evaluate(source: string): (...args: unknown[]) => any {
  return new Function(`return (${source})`)();
}
