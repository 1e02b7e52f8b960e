import assert from "node:assert/strict";

/** Asserts that each number is greater than the one before. */
export function assertRising(numbers: readonly number[], what: string): void {
  assert.deepEqual(numbers, numbers.toSorted(byNumber), `${what}: order`);
}

/** Compares numbers, for sorting. */
export function byNumber(one: number, other: number): number {
  return one - other;
}
