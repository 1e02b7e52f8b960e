import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  gather,
  mapConcurrent,
  moveOnAfter,
  nursery,
  race,
  run,
  sleep,
  waitFor,
} from "espalier";
import { inWords } from "../../src/core/in_words.ts";

Deno.test("inWords() tells what a value is, in few words", () => {
  const words = new Map<unknown, string>([
    ["1 secnd", '"1 secnd"'],
    [undefined, "undefined"],
    [null, "null"],
    [4.5, "4.5"],
    [() => {}, "a function"],
    [Effect.void, "an Effect"],
    [[1], "an array"],
    [{ a: 1 }, "an object"],
    [new AbortController(), "an object of class AbortController"],
    [
      Promise.resolve(),
      "a promise that has begun already: hand over the function",
    ],
    [
      (function* () {})(),
      "a generator that was called already: hand over the function",
    ],
  ]);

  for (const [value, expected] of words) assert.equal(inWords(value), expected);
});

Deno.test("a slip that is easily made is told with what to do instead", async () => {
  for (const [slip, message] of slips) {
    const told = await slip().then(() => "nothing", String);
    assert.equal(told, message);
  }
});

/** What a newcomer writes in JavaScript, or in spite of the types. */
const slips: [() => Promise<unknown>, string][] = [
  [
    async () => await run(as(() => {})),
    "TypeError: Cannot run a body: it returned undefined, and no Effect, " +
    'generator or promise; wrap what does not wait in "Effect.sync"',
  ],
  [
    async () => await run(as(Promise.resolve(1))),
    "TypeError: Cannot run a body: it is not an Effect, a generator function " +
    "or an async function: received a promise that has begun already: hand " +
    "over the function",
  ],
  [
    async () =>
      await run(nursery(function* (n) {
        n.startSoon(as((function* () {})()));
        yield* sleep(0);
      })),
    "TypeError: Cannot run a body: it is not an Effect, a generator function " +
    "or an async function: received a generator that was called already: " +
    "hand over the function",
  ],
  [
    async () => await run(sleep(as("1 secnd"))),
    'RangeError: Cannot sleep: a duration is 100, or "1 second": received ' +
    '"1 secnd"',
  ],
  [
    async () => await run(as(moveOnAfter)(() => sleep(1), 100)),
    "RangeError: Cannot move on after a timeout: a duration is 100, or " +
    '"1 second": received a function',
  ],
  [
    async () => await run(as(gather)(sleep(1), sleep(2))),
    "TypeError: Cannot gather: it takes an iterable or a record of bodies: " +
    "received an Effect",
  ],
  [
    async () => await run(as(race)(sleep(1), sleep(2))),
    "TypeError: Cannot race: it takes an iterable of bodies: received an Effect",
  ],
  [
    async () => await run(as(mapConcurrent)([1], () => sleep(1))),
    "RangeError: Cannot map items: 'concurrency' must be a positive integer " +
    "or Infinity: received undefined",
  ],
  [
    async () => await run(as(waitFor)([])),
    "TypeError: Cannot wait for futures: 'until' must be \"first\", " +
    '"first-failure" or "all": received undefined',
  ],
  [
    async () => await run(as(waitFor)([sleep(1)], { until: "all" })),
    "TypeError: Cannot wait for futures: each must be a Future: received an " +
    "Effect",
  ],
  [
    async () => await run(sleep(1), { signal: as(new AbortController()) }),
    "TypeError: Cannot run: 'signal' must be an AbortSignal: received an " +
    "object of class AbortController",
  ],
];

/** Lets a slip past the types. */
// deno-lint-ignore no-explicit-any
function as(value: unknown): any {
  return value;
}
