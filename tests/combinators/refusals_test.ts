import * as Effect from "effect/Effect";
import { asCompleted, gather, mapConcurrent, race, waitFor } from "espalier";
import { refusalTests, slip } from "../support/refusals.ts";

const notABody = "Cannot run a body: it is not an Effect, a generator " +
  "function or an async function: received ";
const width = "'concurrency' must be a positive integer or Infinity: received ";
const body = () => Effect.void;

refusalTests({
  "gather() of nothing": [
    () => gather(slip(undefined)),
    "TypeError",
    "Cannot gather: it takes an iterable or a record of bodies: received " +
    "undefined",
  ],
  "gather() of one body": [
    () => gather(slip(Effect.void)),
    "TypeError",
    "Cannot gather: it takes an iterable or a record of bodies: received an " +
    "Effect",
  ],
  "gather() of a promise": [
    () => gather(slip(Promise.resolve([]))),
    "TypeError",
    "Cannot gather: it takes an iterable or a record of bodies: received a " +
    "promise that has begun already: hand over the function",
  ],
  "gather() of what is no body": [
    () => gather([body, slip(1)]),
    "TypeError",
    `${notABody}1`,
  ],
  "gather() of a record with what is no body": [
    () => gather({ a: body, b: slip(undefined) }),
    "TypeError",
    `${notABody}undefined`,
  ],
  "gather() at no width": [
    () => gather([body], { concurrency: 0 }),
    "RangeError",
    `Cannot gather: ${width}0`,
  ],
  "gather() at a width in words": [
    () => gather([body], { concurrency: slip("all") }),
    "RangeError",
    `Cannot gather: ${width}"all"`,
  ],
  "race() of nothing": [
    () => race([]),
    "RangeError",
    "Cannot race: there are no bodies, so none can win",
  ],
  "race() of one body": [
    () => race(slip(body)),
    "TypeError",
    "Cannot race: it takes an iterable of bodies: received a function",
  ],
  "race() of what is no body": [
    () => race([slip(null)]),
    "TypeError",
    `${notABody}null`,
  ],
  "asCompleted() of a record": [
    () => asCompleted(slip({ a: body })),
    "TypeError",
    "Cannot take results as they complete: it takes an iterable of bodies: " +
    "received an object",
  ],
  "asCompleted() of what is no body": [
    () => asCompleted([slip("a")]),
    "TypeError",
    `${notABody}"a"`,
  ],
  "asCompleted() at a negative width": [
    () => asCompleted([body], { concurrency: -1 }),
    "RangeError",
    `Cannot take results as they complete: ${width}-1`,
  ],
  "mapConcurrent() without options": [
    () => mapConcurrent([1], body, slip(undefined)),
    "RangeError",
    `Cannot map items: ${width}undefined`,
  ],
  "mapConcurrent() at half a width": [
    () => mapConcurrent([1], body, { concurrency: 1.5 }),
    "RangeError",
    `Cannot map items: ${width}1.5`,
  ],
  "mapConcurrent() without a body": [
    () => mapConcurrent([1], slip(undefined), { concurrency: 1 }),
    "TypeError",
    `${notABody}undefined`,
  ],
  "mapConcurrent() over no items": [
    () => mapConcurrent(slip(3), body, { concurrency: 1 }),
    "TypeError",
    "Cannot map items: it takes an iterable or an async iterable: received 3",
  ],
  "mapConcurrent() at a rate that is none": [
    () => mapConcurrent([1], body, { concurrency: 1, rate: slip(null) }),
    "RangeError",
    "Cannot map items: 'rate.limit' must be a positive integer: received " +
    "undefined",
  ],
  "mapConcurrent() at a rate without a limit": [
    () =>
      mapConcurrent([1], body, { concurrency: 1, rate: slip({ interval: 1 }) }),
    "RangeError",
    "Cannot map items: 'rate.limit' must be a positive integer: received " +
    "undefined",
  ],
  "mapConcurrent() at a rate without an interval": [
    () =>
      mapConcurrent([1], body, { concurrency: 1, rate: slip({ limit: 1 }) }),
    "RangeError",
    'Cannot map items at a rate: a duration is 100, or "1 second": received ' +
    "undefined",
  ],
  "waitFor() one future that is in no list": [
    () => waitFor(slip(undefined), { until: "all" }),
    "TypeError",
    "Cannot wait for futures: it takes an iterable of them: received undefined",
  ],
  "waitFor() what is no future": [
    () => waitFor([slip(undefined)], { until: "all" }),
    "TypeError",
    "Cannot wait for futures: each must be a Future: received undefined",
  ],
  "waitFor() without options": [
    () => waitFor([], slip(undefined)),
    "TypeError",
    'Cannot wait for futures: \'until\' must be "first", "first-failure" or ' +
    '"all": received undefined',
  ],
  "waitFor() until something else": [
    () => waitFor([], { until: slip("some") }),
    "TypeError",
    'Cannot wait for futures: \'until\' must be "first", "first-failure" or ' +
    '"all": received "some"',
  ],
});
