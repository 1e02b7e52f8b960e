import assert from "node:assert/strict";
import {
  inspectSendable,
  SHARED_HANDLE,
  type Unsendable,
} from "../../src/wire/sendable.ts";

class Point {
  constructor(readonly x: number) {}
}
class Numbers extends Float64Array {}
class List extends Array {}

const refused: Readonly<Record<string, [unknown, Unsendable]>> = {
  "a function": [
    [{ deep: { call: () => 1 } }],
    { path: "args[0].deep.call", kind: "a function" },
  ],
  "a symbol": [[1, Symbol("x")], { path: "args[1]", kind: "a symbol" }],
  "a promise": [
    [{ later: Promise.resolve(1) }],
    { path: "args[0].later", kind: "a promise" },
  ],
  "Headers": [
    [{ deep: { headers: new Headers() } }],
    { path: "args[0].deep.headers", kind: "an instance of Headers" },
  ],
  "a URL": [
    [new URL("http://a.example")],
    { path: "args[0]", kind: "an instance of URL" },
  ],
  "an AbortSignal": [
    [AbortSignal.timeout(0)],
    { path: "args[0]", kind: "an instance of AbortSignal" },
  ],
  "an instance of a class": [
    [[new Point(1)]],
    { path: "args[0][0]", kind: "an instance of Point" },
  ],
  "a subclass of a typed array": [
    [new Numbers(1)],
    { path: "args[0]", kind: "an instance of Numbers" },
  ],
  "a subclass of Array": [
    [new List()],
    { path: "args[0]", kind: "an instance of List" },
  ],
  "an object made from another": [
    [Object.create({ inherited: 1 })],
    { path: "args[0]", kind: "an object with a prototype of its own" },
  ],
  "a WeakMap": [
    [new WeakMap()],
    { path: "args[0]", kind: "an instance of WeakMap" },
  ],
  "a proxy": [[new Proxy({}, {})], { path: "args[0]", kind: "a proxy" }],
  "a detached buffer": [
    [detached()],
    { path: "args[0]", kind: "a detached ArrayBuffer" },
  ],
  "a value in a Map": [
    [new Map([["k", new Point(1)]])],
    { path: 'args[0].get("k")', kind: "an instance of Point" },
  ],
  "a key of a Map": [
    [new Map([[new Point(1), 1]])],
    { path: "args[0].keys[0]", kind: "an instance of Point" },
  ],
  "an item of a Set": [
    [new Set([1, new Point(1)])],
    { path: "args[0].values[1]", kind: "an instance of Point" },
  ],
  "the cause of an error": [
    [new Error("x", { cause: () => 1 })],
    { path: "args[0].cause", kind: "a function" },
  ],
  "a field with an odd name": [
    [{ "a-b": Symbol() }],
    { path: 'args[0]["a-b"]', kind: "a symbol" },
  ],
  "a getter that throws": [
    [{
      get broken() {
        throw new Error("no");
      },
    }],
    { path: "args[0].broken", kind: "a getter that throws" },
  ],
  "a port that is not moved": [
    [port()],
    { path: "args[0]", kind: "an instance of MessagePort" },
  ],
  "unshared WebAssembly memory": [
    [new WebAssembly.Memory({ initial: 1 })],
    { path: "args[0]", kind: "an unshared WebAssembly.Memory" },
  ],
};

for (const [name, [value, expected]] of Object.entries(refused)) {
  Deno.test(`inspectSendable() finds ${name} and says where it is`, () => {
    assert.deepEqual(inspectSendable(value, "args").unsendable, expected);
  });
}

Deno.test("inspectSendable() lets everything through that Deno clones whole", () => {
  const values = [
    undefined,
    null,
    1,
    "text",
    true,
    10n,
    { plain: [1, { deep: null }] },
    Object.assign(Object.create(null), { bare: 1 }),
    new Date(),
    /x/g,
    new Map([[{ a: 1 }, new Set([1])]]),
    new Uint8Array(2),
    new Float16Array(2),
    new DataView(new ArrayBuffer(2)),
    new ArrayBuffer(2),
    new SharedArrayBuffer(2),
    Object(1),
    Object(1n),
    new Blob(["x"]),
    new DOMException("x"),
    new TypeError("x", { cause: new RangeError("y") }),
    new (class Odd extends Error {})("x"),
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
  ];
  for (const value of values) {
    assert.equal(inspectSendable(value, "it").unsendable, undefined);
    structuredClone(value);
  }
});

Deno.test("inspectSendable() ends on a cycle, and on what shares parts a thousand ways", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = { back: [cycle] };
  let shared: unknown = "leaf";
  for (let depth = 0; depth < 1000; depth++) shared = [shared, shared];

  assert.equal(inspectSendable(cycle, "it").unsendable, undefined);
  assert.equal(inspectSendable(shared, "it").unsendable, undefined);
});

Deno.test("inspectSendable() refuses what is nested too deeply instead of overflowing", () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 200_000; depth++) deep = [deep];

  assert.deepEqual(inspectSendable(deep, "it").unsendable, {
    path: "it",
    kind: "a value nested too deeply",
  });
});

Deno.test("inspectSendable() lets a port through that is moved, and sees shared primitives", () => {
  const moving = port();
  class Shared {
    readonly [SHARED_HANDLE] = {};
  }

  const moved = inspectSendable({ moving }, "it", [moving]);
  const shared = inspectSendable([{ lock: new Shared() }], "it");

  const found = { unsendable: undefined, shared: false, sharedPath: undefined };
  assert.deepEqual(moved, found);
  const at = { shared: true, sharedPath: "it[0].lock" };
  assert.deepEqual(shared, { ...found, ...at });
  moving.close();
});

function port(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
