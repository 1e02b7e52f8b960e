import { inWords } from "./in_words.ts";

/**
 * Refuses options that are no object, where they are handed over.
 *
 * @throws {TypeError} If they are none.
 */
export function checkOptions(options: unknown, action: string): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(
    `Cannot ${action}: the options must be an object: received ${
      inWords(options)
    }`,
  );
}

/**
 * Refuses an option of the wrong kind; one that is `undefined` is not given.
 *
 * @throws {TypeError} If it is of another kind.
 */
export function checkKind(
  value: unknown,
  kind: "string" | "boolean" | "function",
  option: string,
  action: string,
): void {
  if (value === undefined || typeof value === kind) return;
  throw refusal(value, `a ${kind}`, option, action);
}

/**
 * Refuses an option that is none of some words.
 *
 * @throws {TypeError} If it is something else.
 */
export function checkWord(
  value: unknown,
  words: readonly string[],
  option: string,
  action: string,
): void {
  if (value === undefined || words.some((word) => word === value)) return;
  const choice = words.map((word) => `"${word}"`).join(" or ");
  throw refusal(value, choice, option, action);
}

/**
 * Refuses an option that lacks one of the methods that it is wanted for.
 *
 * @throws {TypeError} If it lacks one.
 */
export function checkMethods(
  value: unknown,
  kind: string,
  methods: readonly string[],
  option: string,
  action: string,
): void {
  if (value === undefined) return;
  const has = (method: string) =>
    typeof value === "object" && value !== null &&
    typeof Reflect.get(value, method) === "function";
  if (!methods.every(has)) throw refusal(value, kind, option, action);
}

/**
 * Reads the name in options that have nothing else.
 *
 * @throws {TypeError} If they are no options, or it is no name.
 */
export function nameIn(
  options: { readonly name?: string } | undefined,
  action = "start a task",
): string | undefined {
  if (options === undefined) return undefined;
  checkOptions(options, action);
  checkKind(options.name, "string", "name", action);
  return options.name;
}

/** Says what an option must be, and what it was instead. */
export function refusal(
  value: unknown,
  wanted: string,
  option: string,
  action: string,
): TypeError {
  return new TypeError(
    `Cannot ${action}: '${option}' must be ${wanted}: received ${
      inWords(value)
    }`,
  );
}
