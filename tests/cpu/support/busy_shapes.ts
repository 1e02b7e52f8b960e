// Code that does not stop by itself, in the shapes that programs have it: each
// is the source of an inline task.

/** What the kill switch stops. */
export const STOPPABLE: Readonly<Record<string, string>> = {
  "empty loop": "() => { for (;;) {} }",
  "catch-proof finally loop":
    "() => { for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } } }",
  "catastrophic regex": "() => /^(a+)+$/.test('a'.repeat(40) + 'b')",
  // (module (func (export "spin") (loop (br 0))))
  "WebAssembly loop":
    `() => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4,
      115, 112, 105, 110, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11,
    ]))).exports.spin()`,
  "Atomics.wait for ever":
    "() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
  "BigInt power": "() => { for (let x = 3n;; x += 2n) x ** 20000n; }",
  "giant sort":
    "() => { const a = Array.from({ length: 1e5 }, Math.random); for (;;) a.slice().sort((x, y) => x - y); }",
  "storm of small JSON documents":
    "() => { for (let i = 0;; i++) JSON.parse(JSON.stringify({ i, a: [1, 2, { b: 'c' }] })); }",
  "microtask starvation":
    "() => new Promise(() => { const again = () => Promise.resolve().then(again); again(); })",
  "storm of small objects":
    "() => { let last; for (let i = 0;; i++) last = { i, last: { i } }; }",
  "nextTick starvation":
    "() => new Promise(() => { const again = () => process.nextTick(again); again(); })",
  "generator that never yields":
    "() => { function* g() { for (;;) {} } for (const x of g()) x; }",
  "async sleep": "() => new Promise((done) => setTimeout(done, 1e6))",
};

/**
 * What it does not stop at all once V8 has compiled it to its best: a loop that
 * calls only builtins loses its check for interrupts when it is unrolled.
 */
export const UNSTOPPABLE: Readonly<Record<string, string>> = {
  "array-filling loop":
    "() => { const keep = []; for (let i = 0;; i++) keep[i & 511] = new Array(1000).fill(i); }",
};

/** One native call of half a second or so, then a loop: the kill comes late. */
export const LONG_NATIVE_CALL = `(flag) => {
  const numbers = new Float64Array(5e6).map(() => Math.random());
  Atomics.store(flag, 0, 1);
  numbers.sort();
  for (;;) {}
}`;
