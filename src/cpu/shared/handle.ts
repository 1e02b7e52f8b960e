// How a shared primitive crosses: as a plain handle under one property of its
// object, which structured clone keeps, and from which the other side makes its
// own object. This file is bundled into the worker: it imports nothing of ours
// but wire.

import { SHARED_HANDLE } from "../../wire/sendable.ts";

/** What another thread needs to reach a shared primitive. */
export interface SharedHandle {
  /** Which primitive it is. */
  readonly kind: SharedKind;
  /** Its memory. */
  readonly memory: SharedArrayBuffer;
  /** The table of who is alive. */
  readonly liveness: SharedArrayBuffer;
  /** What it is called in reports. */
  readonly name: string;
}

/** The shared primitives. */
export type SharedKind =
  | "counter"
  | "int32"
  | "float64"
  | "lock"
  | "semaphore"
  | "channel";

/** Makes the object for a handle on this side. */
export type MakeShared = (handle: SharedHandle) => unknown;

/**
 * Replaces every cloned shared primitive inside `value` by what `make` makes of
 * its handle. Changes `value` in place, which is a fresh copy.
 *
 * @returns The value, or what replaced it.
 */
export function reviveShared(value: unknown, make: MakeShared): unknown {
  const made = new Map<object, unknown>();

  function visit(inner: unknown): unknown {
    if (typeof inner !== "object" || inner === null) return inner;
    // Terminates: an object is entered once.
    if (made.has(inner)) return made.get(inner);
    const handle = handleOf(inner);
    const replaced = handle ? make(handle) : inner;
    made.set(inner, replaced);
    if (!handle) visitParts(inner);
    return replaced;
  }

  function visitParts(inner: object): void {
    if (inner instanceof Map) {
      const entries = [...inner].map(([key, item]) =>
        [visit(key), visit(item)] as const
      );
      inner.clear();
      for (const [key, item] of entries) inner.set(key, item);
    } else if (inner instanceof Set) {
      const items = [...inner].map(visit);
      inner.clear();
      for (const item of items) inner.add(item);
    } else if (!ArrayBuffer.isView(inner)) {
      const fields = inner as Record<string, unknown>;
      for (const key of Object.keys(fields)) {
        const before = fields[key];
        const after = visit(before);
        if (after !== before) fields[key] = after;
      }
    }
  }

  return visit(value);
}

function handleOf(value: object): SharedHandle | undefined {
  if (!Object.hasOwn(value, SHARED_HANDLE)) return undefined;
  return (value as Record<string, SharedHandle>)[SHARED_HANDLE];
}
