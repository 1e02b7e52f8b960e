import assert from "node:assert/strict";

/** Values of a producer, told apart from those of the others. */
export function valuesOf(producer: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => 100 * producer + at);
}

/** Compares what was received with what was sent, whatever the order. */
export function assertSame(
  received: readonly number[],
  sent: readonly number[],
  message: string,
): void {
  const inOrder = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b);
  assert.deepEqual(inOrder(received), inOrder(sent), message);
}
