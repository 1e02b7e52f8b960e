// This file is bundled into the worker: it imports nothing of ours.

/** Nodes a value may have to be written as JSON; more are cloned. */
const MOST_NODES = 4096;
/** How deep they may lie. */
const DEEPEST = 100;

/**
 * Whether JSON keeps `value` exactly: plain objects and arrays of text,
 * booleans, null and finite numbers other than -0, not too many of them and not
 * too deep.
 */
export function isPlainData(value: unknown): boolean {
  return plainNodes(value, 0, 0) >= 0;
}

/** Counts the nodes of plain data, or answers -1. */
function plainNodes(value: unknown, before: number, depth: number): number {
  // Terminates: cycles run out of depth, and values that share parts very often
  // out of nodes.
  if (before >= MOST_NODES || depth > DEEPEST) return -1;
  switch (typeof value) {
    case "string":
    case "boolean":
      return before + 1;
    case "number":
      return value - value === 0 && !Object.is(value, -0) ? before + 1 : -1;
    case "object":
      if (value === null) return before + 1;
      return Array.isArray(value)
        ? plainItems(value, before + 1, depth + 1)
        : plainFields(value, before + 1, depth + 1);
    default:
      return -1;
  }
}

function plainItems(
  items: readonly unknown[],
  before: number,
  depth: number,
): number {
  if (Object.getPrototypeOf(items) !== Array.prototype) return -1;
  if (items.length > MOST_NODES) return -1;
  let nodes = before;
  for (let index = 0; index < items.length; index++) {
    nodes = plainNodes(items[index], nodes, depth);
    if (nodes < 0) return -1;
  }
  return nodes;
}

function plainFields(value: object, before: number, depth: number): number {
  const prototype = Object.getPrototypeOf(value);
  // Structured clone gives back objects of Object, JSON too.
  if (prototype !== Object.prototype && prototype !== null) return -1;
  let nodes = before;
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    nodes = plainNodes(field, nodes, depth);
    if (nodes < 0) return -1;
  }
  return nodes;
}
