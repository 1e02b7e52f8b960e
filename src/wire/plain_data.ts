// This file is bundled into the worker: it imports nothing of ours.

/** Nodes a value may have to be written as JSON; more are cloned. */
const JSON_BUDGET = 4096;

/**
 * Whether JSON keeps `value` exactly: plain objects and arrays of text,
 * booleans, null and finite numbers other than -0, not too many of them.
 */
export function isPlainData(value: unknown): boolean {
  return plainNodes(value, 0) >= 0;
}

/** Counts the nodes of plain data, or answers -1. */
function plainNodes(value: unknown, before: number): number {
  // Terminates: cycles, and values that share parts very often, run out of
  // the budget.
  if (before >= JSON_BUDGET) return -1;
  switch (typeof value) {
    case "string":
    case "boolean":
      return before + 1;
    case "number":
      return value - value === 0 && !Object.is(value, -0) ? before + 1 : -1;
    case "object":
      if (value === null) return before + 1;
      return Array.isArray(value)
        ? plainItems(value, before + 1)
        : plainFields(value, before + 1);
    default:
      return -1;
  }
}

function plainItems(items: readonly unknown[], before: number): number {
  if (Object.getPrototypeOf(items) !== Array.prototype) return -1;
  if (items.length > JSON_BUDGET) return -1;
  let nodes = before;
  for (let index = 0; index < items.length; index++) {
    nodes = plainNodes(items[index], nodes);
    if (nodes < 0) return -1;
  }
  return nodes;
}

function plainFields(value: object, before: number): number {
  const prototype = Object.getPrototypeOf(value);
  // Structured clone gives back objects of Object, JSON too.
  if (prototype !== Object.prototype && prototype !== null) return -1;
  let nodes = before;
  for (const key in value) {
    nodes = plainNodes((value as Record<string, unknown>)[key], nodes);
    if (nodes < 0) return -1;
  }
  return nodes;
}
