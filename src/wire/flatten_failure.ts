// Errors across a boundary, the way out: class, message, stack, fields, cause,
// the errors of an AggregateError, and `_tag`, from whatever was thrown to plain
// data. Cycles are kept: errors refer to each other by their place in a list.
//
// This file is bundled into the worker: it imports nothing of ours but wire.

import { inspectSendable } from "./sendable.ts";

/** Whatever was thrown, as data that can cross. */
export interface WireFailure {
  /** What was thrown itself. */
  readonly root: WireValue;
  /** Every error reachable from it. */
  readonly errors: readonly WireError[];
}

/** A value, or the place of an error in {@linkcode WireFailure.errors}. */
export type WireValue =
  | { readonly value: unknown }
  | { readonly error: number };

/** One error. */
export interface WireError {
  /** The names of its classes, from its own to `Error`. */
  readonly classes: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own enumerable fields, and `_tag` wherever it is defined. */
  readonly fields: Readonly<Record<string, WireValue>>;
  readonly cause?: WireValue;
  readonly errors?: readonly WireValue[];
  /** Which of the above, fields aside, are own and enumerable. */
  readonly shown: readonly string[];
}

/** How many errors of one failure are kept. */
const MOST_ERRORS = 1000;

/**
 * Describes `thrown` as plain data. Never throws, whatever its getters do;
 * what cannot cross is replaced by its description.
 */
export function flattenFailure(thrown: unknown): WireFailure {
  const errors: WireError[] = [];
  const places = new Map<Error, number>();

  function flattenValue(value: unknown): WireValue {
    if (!isError(value)) return { value: sendableOf(value) };
    const known = places.get(value);
    if (known !== undefined) return { error: known };
    const place = errors.length;
    if (place >= MOST_ERRORS) return { value: describe(value) };
    places.set(value, place);
    errors.push(undefined as unknown as WireError);
    errors[place] = flattenError(value);
    return { error: place };
  }

  function flattenError(error: Error): WireError {
    const fields: Record<string, WireValue> = {};
    for (const key of fieldsOf(error)) {
      fields[key] = flattenValue(readField(error, key));
    }
    const flat = {
      classes: classesOf(error),
      name: textOf(readField(error, "name"), "Error"),
      message: textOf(readField(error, "message"), ""),
      stack: textOf(readField(error, "stack"), ""),
      fields,
      shown: shownOf(error),
    };
    const cause = "cause" in error
      ? { cause: flattenValue(readField(error, "cause")) }
      : {};
    const inner = readField(error, "errors");
    const group = error instanceof AggregateError && Array.isArray(inner)
      ? { errors: inner.map(flattenValue) }
      : {};
    return { ...flat, ...cause, ...group };
  }

  return { root: flattenValue(thrown), errors };
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false; // a proxy whose trap throws
  }
}

const NOT_FIELDS = new Set(["name", "message", "stack", "cause", "errors"]);

function fieldsOf(error: Error): string[] {
  let keys: string[] = [];
  try {
    keys = Object.keys(error).filter((key) => !NOT_FIELDS.has(key));
  } catch {
    return []; // a proxy
  }
  // A tag that stands on the prototype, as classes made by factories have it.
  if (typeof readField(error, "_tag") === "string" && !keys.includes("_tag")) {
    keys.push("_tag");
  }
  return keys;
}

function shownOf(error: Error): string[] {
  try {
    return Object.keys(error).filter((key) => NOT_FIELDS.has(key));
  } catch {
    return [];
  }
}

function readField(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch (inner) {
    return `[getter threw ${describe(inner)}]`;
  }
}

function classesOf(error: Error): string[] {
  const names: string[] = [];
  try {
    let prototype: object | null = Object.getPrototypeOf(error);
    // Terminates: prototype chains are finite; a proxy may lie, so ten at most.
    for (; prototype && names.length < 10;) {
      const name: unknown = prototype.constructor?.name;
      if (typeof name === "string" && name !== "") names.push(name);
      if (prototype === Error.prototype) break;
      prototype = Object.getPrototypeOf(prototype);
    }
  } catch {
    // A getter or a proxy in the way: what was found has to do.
  }
  return names;
}

function sendableOf(value: unknown): unknown {
  if (typeof value !== "object" && typeof value !== "function") {
    return typeof value === "symbol" ? String(value) : value;
  }
  const found = inspectSendable(value, "");
  return found.unsendable || found.shared ? describe(value) : value;
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === "string"
    ? value
    : value === undefined
    ? otherwise
    : describe(value);
}

function describe(value: unknown): string {
  try {
    return typeof value === "function"
      ? `[function ${value.name || "anonymous"}]`
      : String(value);
  } catch {
    return "[a value that cannot be described]";
  }
}
