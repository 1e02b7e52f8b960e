import * as Effect from "npm:effect@^4.1.0/Effect";

/**
 * Puts a value that was refused in few words, for a message: what it is rather
 * than what it holds, and what to hand over instead where that is known.
 */
export function inWords(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${value}"`;
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : objectInWords(value);
    default:
      return String(value);
  }
}

function objectInWords(value: object): string {
  if (Effect.isEffect(value)) return "an Effect";
  const kind = Object.prototype.toString.call(value).slice(
    "[object ".length,
    -1,
  );
  switch (kind) {
    case "Generator":
      return "a generator that was called already: hand over the function";
    case "Promise":
      return "a promise that has begun already: hand over the function";
    case "Array":
      return "an array";
    case "Object":
      return "an object";
    default:
      return `an object of class ${kind}`;
  }
}
