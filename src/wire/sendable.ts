// Which values may cross a thread boundary, and where in a value the first one
// that may not is found. Deno's structured clone empties instances of classes
// it does not know without a word, so what it would empty is refused here.
//
// This file is bundled into the worker: it imports nothing of ours.

import { types } from "node:util";

/** The first part of a value that cannot cross, and what it is. */
export interface Unsendable {
  /** Where it is, as in `args[0].deep.headers`. */
  readonly path: string;
  /** What it is, as in `an instance of Headers`. */
  readonly kind: string;
}

/** What a look over a value to be sent has found. */
export interface Inspection {
  /** The first part that cannot cross, if there is one. */
  unsendable: Unsendable | undefined;
  /** Whether a handle to shared memory is among the parts. */
  shared: boolean;
  /** Where the first such handle is. */
  sharedPath: string | undefined;
}

/**
 * The property that a shared-memory object carries its handle under. A plain
 * string, because structured clone drops properties named by symbols.
 */
export const SHARED_HANDLE = "$espalierShared";

/**
 * Looks over `value` and all it holds.
 *
 * Getters are read, as structured clone would read them; one that throws makes
 * the value unsendable. Each object is looked at once, so cycles end.
 *
 * @param value What is to be sent.
 * @param path What to call it, as in `args[0]`.
 * @param transfer The objects that will be moved rather than copied.
 */
export function inspectSendable(
  value: unknown,
  path: string,
  transfer?: readonly unknown[],
): Inspection {
  const walk: Walk = {
    found: { unsendable: undefined, shared: false, sharedPath: undefined },
    seen: new Set(),
    transfer: transfer ?? [],
  };
  try {
    visitValue(walk, value, path);
  } catch (error) {
    // The clone itself is recursive too and would not get further.
    if (!(error instanceof RangeError)) throw error;
    refuseValue(walk, path, "a value nested too deeply");
  }
  return walk.found;
}

interface Walk {
  readonly found: Inspection;
  readonly seen: Set<object>;
  readonly transfer: readonly unknown[];
}

function visitValue(walk: Walk, value: unknown, path: string): void {
  if (typeof value === "function") return refuseValue(walk, path, "a function");
  if (typeof value === "symbol") return refuseValue(walk, path, "a symbol");
  if (typeof value !== "object" || value === null) return;
  // Terminates: an object is entered once.
  if (walk.seen.has(value) || walk.transfer.includes(value)) return;
  walk.seen.add(value);
  if (types.isProxy(value)) return refuseValue(walk, path, "a proxy");
  visitObject(walk, value, path);
}

function visitObject(walk: Walk, value: object, path: string): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return visitFields(walk, value, path);
  }
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype) {
      return refuseValue(walk, path, classOf(value));
    }
    return visitItems(walk, value, path);
  }
  if (prototype === Map.prototype) {
    return visitMap(walk, value as Map<unknown, unknown>, path);
  }
  if (prototype === Set.prototype) {
    let index = 0;
    for (const item of value as Set<unknown>) {
      visitValue(walk, item, `${path}.values[${index++}]`);
      if (walk.found.unsendable) return;
    }
    return;
  }
  if (SHARED_HANDLE in value) {
    walk.found.shared = true;
    walk.found.sharedPath ??= path;
    return;
  }
  if (value instanceof Error) return visitError(walk, value, path);
  if (value instanceof ArrayBuffer && value.detached) {
    return refuseValue(walk, path, "a detached ArrayBuffer");
  }
  if (prototype === WebAssembly.Memory.prototype) {
    if ((value as WebAssembly.Memory).buffer instanceof SharedArrayBuffer) {
      return;
    }
    return refuseValue(walk, path, "an unshared WebAssembly.Memory");
  }
  if (knownPrototypes().has(prototype)) return;
  refuseValue(walk, path, classOf(value));
}

function visitFields(walk: Walk, value: object, path: string): void {
  for (const key of Object.keys(value)) {
    const inner = fieldPath(path, key);
    let field: unknown;
    try {
      field = (value as Record<string, unknown>)[key];
    } catch {
      return refuseValue(walk, inner, "a getter that throws");
    }
    visitValue(walk, field, inner);
    if (walk.found.unsendable) return;
  }
}

function visitItems(walk: Walk, items: readonly unknown[], path: string): void {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    // Numbers and strings are by far the most common; skip the call for them.
    if (typeof item === "number" || typeof item === "string") continue;
    visitValue(walk, item, `${path}[${index}]`);
    if (walk.found.unsendable) return;
  }
}

function visitMap(
  walk: Walk,
  map: Map<unknown, unknown>,
  path: string,
): void {
  let index = 0;
  for (const [key, item] of map) {
    visitValue(walk, key, `${path}.keys[${index++}]`);
    const name = typeof key === "string" ? JSON.stringify(key) : String(
      typeof key === "object" || typeof key === "symbol" ? "…" : key,
    );
    visitValue(walk, item, `${path}.get(${name})`);
    if (walk.found.unsendable) return;
  }
}

/** Structured clone keeps of an error its kind, message, stack and cause. */
function visitError(walk: Walk, error: Error, path: string): void {
  let cause: unknown;
  try {
    cause = error.cause;
  } catch {
    return refuseValue(walk, `${path}.cause`, "a getter that throws");
  }
  visitValue(walk, cause, `${path}.cause`);
}

function refuseValue(walk: Walk, path: string, kind: string): void {
  walk.found.unsendable ??= { path, kind };
}

function fieldPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key)
    ? `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`;
}

function classOf(value: object): string {
  if (value instanceof Promise) return "a promise";
  if (/Generator\]$/.test(Object.prototype.toString.call(value))) {
    return "a generator, which only `stream` carries";
  }
  let name: unknown;
  try {
    name = value.constructor?.name;
  } catch {
    name = undefined;
  }
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `an instance of ${name}`
    : "an object with a prototype of its own";
}

let known: ReadonlySet<unknown> | undefined;

/** The prototypes whose instances Deno clones whole between threads. */
function knownPrototypes(): ReadonlySet<unknown> {
  if (known) return known;
  const names = [
    "Boolean Number String BigInt Date RegExp ArrayBuffer SharedArrayBuffer",
    "DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array",
    "Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array",
    "Float32Array Float64Array Buffer Blob File CryptoKey DOMException",
  ].join(" ").split(" ");
  const global = globalThis as unknown as Record<string, unknown>;
  const prototypes = new Set<unknown>();
  for (const name of names) {
    const known = global[name];
    if (typeof known === "function") prototypes.add(known.prototype);
  }
  prototypes.add(WebAssembly.Module.prototype);
  known = prototypes;
  return prototypes;
}
