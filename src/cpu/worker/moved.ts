// Values that are handed over instead of copied.

declare const moved: unique symbol;

/**
 * A value on its way: arrives as `T`, and is gone here.
 *
 * @example A task that says so in its type
 * ```ts
 * import { move, type Moved } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function blank(pixels: number): Moved<Uint8Array> {
 *   return move(new Uint8Array(pixels * 4));
 * }
 * assert(blank(2));
 * ```
 */
export interface Moved<T> {
  /** Marks the type. */
  readonly [moved]: T;
}

/** What is inside a {@linkcode Moved}. */
export interface Moving {
  readonly value: unknown;
  /** What is handed over; the rest of the value is copied. */
  readonly transfer: readonly Transferable[];
}

const KEY_OF_MOVED = Symbol.for("espalier.cpu.moved.1");

/**
 * Marks `value` as handed over rather than copied, as an argument or a result.
 *
 * Without `transfer`, every buffer, port and stream found in the value is
 * handed over; with it, exactly those. Shared memory is shared in any case.
 *
 * - **Cost:** the same for any size; copying wins below about 64 KiB.
 *
 * @example Hand a large array back without copying it
 * ```ts
 * import { move } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * // A task in a module of its own:
 * function squares(count: number) {
 *   return move(Float64Array.from({ length: count }, (_, i) => i * i));
 * }
 * assert(squares(3));
 * ```
 *
 * @param value What to hand over.
 * @param transfer The parts of it to hand over.
 * @returns The value, marked.
 */
export function move<T>(
  value: T,
  ...transfer: (Transferable | ArrayBufferLike)[]
): Moved<T> {
  const parts = transfer.length > 0 ? transfer : transferablesIn(value);
  const unique = new Set(parts.map(bufferOf).filter(isTransferable));
  const marked = new MovedValue({ value, transfer: [...unique] });
  return marked as unknown as Moved<T>;
}

/** Of a class, so that one inside another value is refused, not emptied. */
class MovedValue {
  readonly [KEY_OF_MOVED]: Moving;

  constructor(moving: Moving) {
    this[KEY_OF_MOVED] = moving;
  }
}

/** What `move` marked, or `undefined` where `value` was not marked. */
export function movingOf(value: unknown): Moving | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<symbol, Moving | undefined>)[KEY_OF_MOVED];
}

function bufferOf(part: unknown): unknown {
  return ArrayBuffer.isView(part) ? part.buffer : part;
}

const TRANSFERABLE = [
  "ArrayBuffer",
  "MessagePort",
  "ReadableStream",
  "WritableStream",
  "TransformStream",
];

function isTransferable(part: unknown): part is Transferable {
  const global = globalThis as unknown as Record<string, unknown>;
  return TRANSFERABLE.some((name) => {
    const known = global[name];
    return typeof known === "function" && part instanceof known;
  });
}

function transferablesIn(value: unknown): unknown[] {
  const found: unknown[] = [];
  const seen = new Set<unknown>();

  function visit(part: unknown): void {
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    const whole = bufferOf(part);
    if (isTransferable(whole)) {
      found.push(whole);
    } else if (part instanceof Map) {
      for (const [key, item] of part) (visit(key), visit(item));
    } else if (part instanceof Set || Array.isArray(part)) {
      for (const item of part) visit(item);
    } else if (!ArrayBuffer.isView(part)) {
      for (const item of Object.values(part)) visit(item);
    }
  }

  visit(value);
  return found;
}
