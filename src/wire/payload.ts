// Small values as bytes: how a list of values is laid into shared memory and
// read back. What is not small or not plain answers `undefined` or -1 here and
// takes the road of structured clone instead.
//
// A value is a header of two words (tag, byte length) and its bytes, padded to
// eight. This file is bundled into the worker: it imports nothing of ours but wire.

import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { FrozenData } from "./frozen_data.ts";
import { isPlainData } from "./plain_data.ts";

/** Shared memory seen as words, numbers, bytes and text at once. */
export interface PayloadRegion {
  /** As 32-bit words. */
  readonly words: Int32Array;
  /** As 64-bit numbers. */
  readonly numbers: Float64Array;
  /** As bytes. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** As text: reading a string from a Buffer costs a fraction of TextDecoder. */
  readonly text: TextView;
}

/** What a Buffer can do that its declared type leaves out. */
interface TextView {
  latin1Slice(from: number, to: number): string;
  utf8Slice(from: number, to: number): string;
}

/** Opens `memory` for {@linkcode PayloadWriter} and {@linkcode readPayload}. */
export function payloadRegion(memory: SharedArrayBuffer): PayloadRegion {
  return {
    words: new Int32Array(memory),
    numbers: new Float64Array(memory),
    bytes: new Uint8Array(memory),
    text: Buffer.from(memory) as unknown as TextView,
  };
}

const UNDEFINED = 0, NULL = 1, TRUE = 2, FALSE = 3, NUMBER = 4, ASCII = 5;
const UTF8 = 6, JSON_ASCII = 7, JSON_UTF8 = 8, BIGINT = 9, BYTES = 10;
const RICH = 11, FIRST_ARRAY = 16;

const arrayKinds = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
] as const;

const encoder = new TextEncoder();

/**
 * Writes lists of values in two steps: `measure` says how many bytes they take
 * at most, `write` puts them down. One writer, reused, so that a small value
 * makes no garbage.
 */
export class PayloadWriter {
  readonly #tags: number[] = [];
  readonly #parts: unknown[] = [];
  #count = 0;

  /**
   * Sizes up `values`.
   *
   * @param values What is to be written.
   * @param rich Whether what is not plain may be serialized (Map, Date, cycles).
   * @returns An upper bound in bytes, or -1 where a value cannot be written.
   */
  measure(values: readonly unknown[], rich = false): number {
    this.#count = values.length;
    let total = 0;
    for (let index = 0; index < values.length; index++) {
      const size = this.#measureOne(index, values[index], rich);
      if (size < 0) return -1;
      total += 8 + ((size + 7) & ~7);
    }
    return total;
  }

  /**
   * Writes what was measured last.
   *
   * @returns The offset behind the last value.
   */
  write(region: PayloadRegion, offset: number): number {
    let at = offset;
    for (let index = 0; index < this.#count; index++) {
      at = this.#writeOne(region, at, index);
    }
    return at;
  }

  #measureOne(index: number, value: unknown, rich: boolean): number {
    switch (typeof value) {
      case "number":
        return this.#keep(index, NUMBER, value, 8);
      case "string":
        return this.#measureText(index, value);
      case "undefined":
        return this.#keep(index, UNDEFINED, undefined, 0);
      case "boolean":
        return this.#keep(index, value ? TRUE : FALSE, undefined, 0);
      case "bigint": {
        const digits = value.toString();
        return this.#keep(index, BIGINT, digits, digits.length);
      }
      case "object":
        return value === null
          ? this.#keep(index, NULL, undefined, 0)
          : this.#measureObject(index, value, rich);
      default:
        return -1;
    }
  }

  #measureText(index: number, text: string): number {
    // UTF-8 cannot hold half a surrogate pair; JSON escapes it.
    if (!text.isWellFormed()) {
      const json = JSON.stringify(text);
      return this.#keep(index, JSON_ASCII, json, json.length * 3);
    }
    return this.#keep(index, ASCII, text, text.length * 3);
  }

  #measureObject(index: number, value: object, rich: boolean): number {
    if (value instanceof FrozenData) {
      const { json } = value;
      return this.#keep(index, JSON_ASCII, json, json.length * 3);
    }
    const prototype = Object.getPrototypeOf(value);
    if (ArrayBuffer.isView(value)) {
      // A view of shared memory is to be shared, not copied.
      if (value.buffer instanceof SharedArrayBuffer) return -1;
      const kind = arrayKinds.findIndex((one) => one.prototype === prototype);
      if (kind >= 0) {
        return this.#keep(index, FIRST_ARRAY + kind, value, value.byteLength);
      }
    } else if (prototype === ArrayBuffer.prototype) {
      const buffer = value as ArrayBuffer;
      if (!buffer.resizable && !buffer.detached) {
        return this.#keep(index, BYTES, buffer, buffer.byteLength);
      }
    } else if (isPlainData(value)) {
      const json = JSON.stringify(value);
      return this.#keep(index, JSON_ASCII, json, json.length * 3);
    }
    if (!rich) return -1;
    const bytes = serialize(value);
    return this.#keep(index, RICH, bytes, bytes.byteLength);
  }

  #keep(index: number, tag: number, part: unknown, size: number): number {
    this.#tags[index] = tag;
    this.#parts[index] = part;
    return size;
  }

  #writeOne(region: PayloadRegion, at: number, index: number): number {
    let tag = this.#tags[index]!;
    const part = this.#parts[index];
    this.#parts[index] = undefined;
    let length = 0;
    const data = at + 8;
    if (tag === NUMBER) {
      region.numbers[data >> 3] = part as number;
      length = 8;
    } else if (tag === ASCII || tag === JSON_ASCII || tag === BIGINT) {
      const text = part as string;
      const space = region.bytes.subarray(data, data + text.length * 3);
      length = encoder.encodeInto(text, space).written;
      if (length !== text.length) tag = tag === ASCII ? UTF8 : JSON_UTF8;
    } else if (tag >= BYTES) {
      const bytes = bytesOf(part as ArrayBuffer | ArrayBufferView);
      region.bytes.set(bytes, data);
      length = bytes.byteLength;
    }
    region.words[at >> 2] = tag;
    region.words[(at >> 2) + 1] = length;
    return data + ((length + 7) & ~7);
  }
}

/** Reads `count` values written by a {@linkcode PayloadWriter} at `offset`. */
export function readPayload(
  region: PayloadRegion,
  offset: number,
  count: number,
): unknown[] {
  const values = new Array<unknown>(count);
  let at = offset;
  for (let index = 0; index < count; index++) {
    const tag = region.words[at >> 2]!;
    const length = region.words[(at >> 2) + 1]!;
    values[index] = tag === NUMBER
      ? region.numbers[(at + 8) >> 3]
      : readOne(region, tag, at + 8, length);
    at += 8 + ((length + 7) & ~7);
  }
  return values;
}

function readOne(
  { text, bytes }: PayloadRegion,
  tag: number,
  from: number,
  length: number,
): unknown {
  const to = from + length;
  switch (tag) {
    case UNDEFINED:
      return undefined;
    case NULL:
      return null;
    case TRUE:
      return true;
    case FALSE:
      return false;
    case ASCII:
      return text.latin1Slice(from, to);
    case UTF8:
      return text.utf8Slice(from, to);
    case JSON_ASCII:
      return JSON.parse(text.latin1Slice(from, to));
    case JSON_UTF8:
      return JSON.parse(text.utf8Slice(from, to));
    case BIGINT:
      return BigInt(text.latin1Slice(from, to));
    case BYTES:
      return new Uint8Array(bytes.subarray(from, to)).buffer;
    case RICH:
      return deserialize(Buffer.from(bytes.slice(from, to)));
  }
  const kind = arrayKinds[tag - FIRST_ARRAY]!;
  const copy = new Uint8Array(bytes.subarray(from, to)).buffer;
  return new kind(copy);
}

function bytesOf(part: ArrayBuffer | ArrayBufferView): Uint8Array {
  return part instanceof ArrayBuffer
    ? new Uint8Array(part)
    : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
