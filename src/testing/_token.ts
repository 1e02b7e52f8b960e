import { inWords } from "../core/in_words.ts";

/** Everything that has to be known to run one interleaving again. */
export interface Recipe {
  /** The name of the test or exploration; may be empty. */
  readonly name: string;
  readonly preemptions: number;
  readonly cancels: boolean;
  readonly answers: readonly number[];
  /** Tells two courses of a body apart. */
  readonly course: string;
}

const VERSION = "esp1";

/**
 * Writes an interleaving as one line of letters, digits and `.-_~`:
 * `esp1.<name>.<options>.<answers>.<course>`.
 *
 * Only the answers that are not 0 are written, each as the number of its
 * decision and the answer, in base 36.
 */
export function tokenOf({ name, ...recipe }: Recipe): string {
  const answers = recipe.answers.flatMap((answer, at) =>
    answer === 0 ? [] : [`${at.toString(36)}-${answer.toString(36)}`]
  );
  return [
    VERSION,
    encodeName(name),
    `p${recipe.preemptions}${recipe.cancels ? "c" : ""}`,
    answers.join("_"),
    recipe.course,
  ].join(".");
}

/**
 * Reads a token.
 *
 * @throws {TypeError} If it is none.
 */
export function readToken(token: string): Recipe {
  if (typeof token !== "string") {
    throw new TypeError(
      `Cannot read the token: it must be a string: received ${inWords(token)}`,
    );
  }
  const parts = token.trim().split(".");
  const [version, name, options, answers, course] = parts;
  const bound = options?.match(/^p(\d+)(c?)$/);
  const isWellFormed = parts.length === 5 && version === VERSION && bound &&
    /^([0-9a-z]{1,4}-[0-9a-z]{1,4}(_|$))*$/.test(answers!) && course !== "";
  if (!isWellFormed) {
    throw new TypeError(`Cannot read the token: it is not one: "${token}"`);
  }
  return {
    name: decodeName(name!),
    preemptions: Number(bound[1]),
    cancels: bound[2] === "c",
    answers: decodeAnswers(answers!),
    course: course!,
  };
}

/** What follows the last answer that is not 0 goes without saying. */
export function withoutTail(answers: readonly number[]): number[] {
  const last = answers.findLastIndex((answer) => answer !== 0);
  return answers.slice(0, last + 1);
}

function decodeAnswers(text: string): number[] {
  const answers: number[] = [];
  for (const pair of text.split("_").filter((pair) => pair !== "")) {
    const [at, answer] = pair.split("-").map((part) => parseInt(part, 36));
    while (answers.length < at!) answers.push(0);
    answers[at!] = answer!;
  }
  return answers;
}

/** Percent-encoding, with `~` for `%`: nothing that a shell would touch. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(
    /[.!~*'()]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  ).replaceAll("%", "~");
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("~", "%"));
  } catch {
    throw new TypeError(`Cannot read the token: its name is cut: "${text}"`);
  }
}
