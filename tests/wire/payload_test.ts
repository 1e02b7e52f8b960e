import assert from "node:assert/strict";
import {
  payloadRegion,
  PayloadWriter,
  readPayload,
} from "../../src/wire/payload.ts";
import { isPlainData } from "../../src/wire/plain_data.ts";

const plain: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  NaN,
  Infinity,
  -1.5e300,
  2 ** 53,
  "",
  "ascii",
  "ünïcödé ☃ 𝄞",
  "half a pair \ud800 here",
  12345678901234567890n,
  -7n,
  {},
  [],
  { a: [1, "two", { three: [null, true] }], "ключ": "☃" },
  [[[[1]]]],
  new Uint8Array([1, 2, 3]),
  new Float64Array([1.5, -0, NaN]),
  new BigInt64Array([1n, -1n]),
  new Int16Array(new ArrayBuffer(10), 2, 3),
  new Uint8ClampedArray([300, -1]),
  new ArrayBuffer(5),
];

Deno.test("PayloadWriter writes values that readPayload() gives back, one by one and together", () => {
  for (const value of plain) assert.deepEqual(crossing([value]), [value]);
  assert.deepEqual(crossing([...plain]), plain);
  assert.deepEqual(crossing([]), []);
});

Deno.test("PayloadWriter leaves to structured clone what bytes do not keep", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const values = [
    { a: undefined },
    [1, , 3],
    { n: NaN },
    { n: -0 },
    { big: 1n },
    new Date(),
    new Map(),
    new DataView(new ArrayBuffer(1)),
    new Uint8Array(new SharedArrayBuffer(1)),
    new SharedArrayBuffer(1),
    new (class Point {})(),
    () => 1,
    Symbol("x"),
    cycle,
    Array.from({ length: 5000 }, () => 1),
  ];
  for (const value of values) {
    assert.equal(new PayloadWriter().measure([value]), -1, String(value));
  }
});

Deno.test("PayloadWriter keeps rich values too where it may serialize them", () => {
  const cycle: Record<string, unknown> = { when: new Date(0) };
  cycle.self = cycle;
  const [back] = crossing([cycle], true) as [typeof cycle];

  assert.deepEqual(back.when, new Date(0));
  assert.equal(back.self, back);
  assert.deepEqual(crossing([new Map([[1, new Set([2n])]])], true), [
    new Map([[1, new Set([2n])]]),
  ]);
});

Deno.test("PayloadWriter never writes more than it measured", () => {
  const region = payloadRegion(new SharedArrayBuffer(1 << 16));
  for (const value of plain) {
    const writer = new PayloadWriter();
    const most = writer.measure([value, value]);
    assert(writer.write(region, 64) <= 64 + most);
  }
});

Deno.test("isPlainData() ends on cycles and refuses what JSON would change", () => {
  const cycle: Record<string, unknown> = {};
  cycle.a = { b: cycle };
  let shared: unknown = 1;
  for (let depth = 0; depth < 200; depth++) shared = [shared, shared];

  assert.equal(isPlainData(cycle), false);
  assert.equal(isPlainData(shared), false);
  assert.equal(isPlainData({ toJSON: () => 1 }), false);
  assert.equal(isPlainData(new (class Point {})()), false);
  assert.equal(isPlainData({ a: [1, null, "x", true, {}] }), true);
});

function crossing(values: unknown[], rich = false): unknown[] {
  const region = payloadRegion(new SharedArrayBuffer(1 << 16));
  const writer = new PayloadWriter();
  assert(writer.measure(values, rich) >= 0);
  writer.write(region, 8);
  return readPayload(region, 8, values.length);
}
