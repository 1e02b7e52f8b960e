// Numbers between threads. This file is bundled into the worker: it imports
// nothing of ours.

/** A whole number that threads add to together. */
export class CounterMemory {
  readonly #cell: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cell = new BigInt64Array(memory);
  }

  /** The number as it is now. */
  get value(): number {
    return Number(Atomics.load(this.#cell, 0));
  }

  /**
   * Adds `by` and answers what it was before.
   *
   * @throws {RangeError} If it is not a safe integer.
   */
  add(by: number): number {
    return Number(Atomics.add(this.#cell, 0, wholeNumber(by)));
  }

  /** Replaces the number. @throws {RangeError} If it is not a safe integer. */
  set(to: number): void {
    Atomics.store(this.#cell, 0, wholeNumber(to));
  }
}

/** The kinds of {@linkcode ArrayMemory}. */
export type ArrayKind = "int32" | "float64";

/** Numbers side by side that threads read, write and add to. */
export class ArrayMemory {
  readonly #whole: Int32Array | undefined;
  readonly #real: Float64Array;
  readonly #bits: BigInt64Array;
  readonly #scratch = new Float64Array(1);
  readonly #scratchBits = new BigInt64Array(this.#scratch.buffer);

  constructor(kind: ArrayKind, memory: SharedArrayBuffer) {
    this.#whole = kind === "int32" ? new Int32Array(memory) : undefined;
    const reals = kind === "int32" ? new SharedArrayBuffer(0) : memory;
    this.#real = new Float64Array(reals);
    this.#bits = new BigInt64Array(reals);
  }

  /** How many numbers. */
  get length(): number {
    return (this.#whole ?? this.#real).length;
  }

  /** Reads one. @throws {RangeError} If there is none at `index`. */
  get(index: number): number {
    this.#check(index);
    // An aligned double is read and written whole on every machine Deno runs on.
    return this.#whole ? Atomics.load(this.#whole, index) : this.#real[index]!;
  }

  /** Writes one. @throws {RangeError} If there is none at `index`. */
  set(index: number, to: number): void {
    this.#check(index);
    if (this.#whole) Atomics.store(this.#whole, index, to);
    else this.#real[index] = to;
  }

  /** Adds to one and answers what it held. @throws {RangeError} As `get`. */
  add(index: number, by: number): number {
    this.#check(index);
    if (this.#whole) return Atomics.add(this.#whole, index, by);
    const bits = this.#bits;
    // Terminates: another turn means that another thread has added.
    for (;;) {
      const before = Atomics.load(bits, index);
      const number = this.#numberOf(before);
      this.#scratch[0] = number + by;
      const after = this.#scratchBits[0]!;
      if (Atomics.compareExchange(bits, index, before, after) === before) {
        return number;
      }
    }
  }

  #numberOf(bits: bigint): number {
    this.#scratchBits[0] = bits;
    return this.#scratch[0]!;
  }

  #check(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return;
    throw new RangeError(
      `Cannot reach index ${index} of a SharedArray: its length is ${this.length}`,
    );
  }
}

function wholeNumber(value: number): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new RangeError(
    `Cannot put ${value} in a SharedCounter: it is not a safe integer`,
  );
}
