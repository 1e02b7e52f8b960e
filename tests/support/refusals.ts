import assert from "node:assert/strict";

/** A call with what it must not be given, and how it refuses. */
export type Refusal = readonly [
  call: () => unknown,
  name: "RangeError" | "TypeError",
  message: string,
];

/** Registers a test for each call that must throw where it is called. */
export function refusalTests(refusals: Record<string, Refusal>): void {
  for (const [what, [call, name, message]] of Object.entries(refusals)) {
    Deno.test(`${what} is refused where it is called`, () => {
      assert.throws(call, { name, message });
    });
  }
}

/** What no type would let through. */
export function slip(value: unknown): never {
  return value as never;
}
