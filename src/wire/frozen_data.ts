// This file is bundled into the worker: it imports nothing of ours.

/**
 * Plain data as the text that it crosses as. What its owner changes from now on
 * does not show in it.
 */
export class FrozenData {
  readonly json: string;

  /** @param value What {@linkcode isPlainData} holds for. */
  constructor(value: unknown) {
    this.json = JSON.stringify(value);
  }
}

/** The values, those that were frozen as data again. */
export function thawed(values: readonly unknown[]): readonly unknown[] {
  const thaw = (value: unknown) =>
    value instanceof FrozenData ? JSON.parse(value.json) : value;
  return values.some((value) => value instanceof FrozenData)
    ? values.map(thaw)
    : values;
}
