// Errors across a boundary, the way in. This file is bundled into the worker: it
// imports nothing of ours but wire.

import type { WireError, WireFailure, WireValue } from "./flatten_failure.ts";

/** Finds the class to revive an error as. */
export type ErrorClasses = (name: string) => ErrorClass | undefined;

/** A class of errors. */
// deno-lint-ignore no-explicit-any
export type ErrorClass = new (...args: any[]) => Error;

/**
 * Rebuilds what `flattenFailure` described.
 *
 * An error whose class `classes` knows is an instance of that class, made
 * without running its constructor; any other is an instance of the nearest
 * native class, with the name, fields and `_tag` it had.
 */
export function reviveFailure(
  failure: WireFailure,
  classes: ErrorClasses,
): unknown {
  // Two passes: every error first, then what they hold, so that cycles close.
  const errors = failure.errors.map((flat) => createError(flat, classes));
  const valueOf = (wire: WireValue): unknown =>
    "error" in wire ? errors[wire.error] : wire.value;
  failure.errors.forEach((flat, place) => {
    const error = errors[place]!;
    for (const [key, field] of Object.entries(flat.fields)) {
      defineField(error, key, valueOf(field), true);
    }
    const shown = (key: string) => flat.shown.includes(key);
    if (flat.cause) {
      defineField(error, "cause", valueOf(flat.cause), shown("cause"));
    }
    if (flat.errors) {
      const inner = flat.errors.map(valueOf);
      defineField(error, "errors", inner, shown("errors"));
    }
  });
  return valueOf(failure.root);
}

function createError(flat: WireError, classes: ErrorClasses): Error {
  for (const name of flat.classes) {
    const found = classes(name);
    if (found) {
      // A real error with the class's prototype; its constructor may want
      // arguments that nobody has.
      return finishError(Reflect.construct(Error, [flat.message], found), flat);
    }
    if (name === "DOMException") {
      return finishError(new DOMException(flat.message, flat.name), flat);
    }
    const native = nativeError(name);
    if (native) return finishError(native(flat.message), flat);
  }
  return finishError(new Error(flat.message), flat);
}

function finishError(error: Error, flat: WireError): Error {
  defineField(error, "stack", flat.stack, false);
  const named = flat.shown.includes("name");
  if (named || error.name !== flat.name) {
    defineField(error, "name", flat.name, named);
  }
  return error;
}

function nativeError(name: string): ((message: string) => Error) | undefined {
  switch (name) {
    case "TypeError":
      return (message) => new TypeError(message);
    case "RangeError":
      return (message) => new RangeError(message);
    case "SyntaxError":
      return (message) => new SyntaxError(message);
    case "ReferenceError":
      return (message) => new ReferenceError(message);
    case "EvalError":
      return (message) => new EvalError(message);
    case "URIError":
      return (message) => new URIError(message);
    case "AggregateError":
      return (message) => new AggregateError([], message);
    default:
      return undefined;
  }
}

function defineField(
  error: Error,
  key: string,
  value: unknown,
  enumerable: boolean,
): void {
  Object.defineProperty(error, key, {
    value,
    enumerable,
    writable: true,
    configurable: true,
  });
}
