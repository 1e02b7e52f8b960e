import {
  Barrier,
  CapacityLimiter,
  Condition,
  ConflictDetector,
  Lock,
  RwLock,
  Semaphore,
} from "espalier";
import { refusalTests, slip } from "../support/refusals.ts";

const notABody = "Cannot run a body: it is not an Effect, a generator " +
  "function or an async function: received ";
const amount = "must be an integer of at least 0 or Infinity: received ";

refusalTests({
  "Lock.withLock() without a body": [
    () => new Lock().withLock(slip(undefined)),
    "TypeError",
    `${notABody}undefined`,
  ],
  "Semaphore.withPermit() of a promise": [
    () => new Semaphore(1).withPermit(slip(Promise.resolve())),
    "TypeError",
    `${notABody}a promise that has begun already: hand over the function`,
  ],
  "CapacityLimiter.withToken() without a body": [
    () => new CapacityLimiter(1).withToken(slip(null)),
    "TypeError",
    `${notABody}null`,
  ],
  "RwLock.withRead() without a body": [
    () => new RwLock().withRead(slip({})),
    "TypeError",
    `${notABody}an object`,
  ],
  "RwLock.withWrite() without a body": [
    () => new RwLock().withWrite(slip([])),
    "TypeError",
    `${notABody}an array`,
  ],
  "ConflictDetector.guard() without a body": [
    () => new ConflictDetector().guard(slip(1)),
    "TypeError",
    `${notABody}1`,
  ],
  "a Semaphore without permits": [
    () => new Semaphore(slip(undefined)),
    "RangeError",
    `Cannot make Semaphore: 'permits' ${amount}undefined`,
  ],
  "a Semaphore with a permit and a half": [
    () => new Semaphore(1.5, { name: "doors" }),
    "RangeError",
    `Cannot make Semaphore "doors": 'permits' ${amount}1.5`,
  ],
  "a Semaphore with NaN at most": [
    () => new Semaphore(1, { max: NaN }),
    "RangeError",
    `Cannot make Semaphore: 'max' ${amount}NaN`,
  ],
  "a Semaphore with more permits than it may have": [
    () => new Semaphore(2, { max: 1 }),
    "RangeError",
    "Cannot make Semaphore: it would have more permits than 'max': " +
    "received 2 and 1",
  ],
  "a CapacityLimiter of less than nothing": [
    () => new CapacityLimiter(-1),
    "RangeError",
    `Cannot make CapacityLimiter: 'total' ${amount}-1`,
  ],
  "CapacityLimiter.total set to words": [
    () => {
      new CapacityLimiter(1).total = slip("two");
    },
    "RangeError",
    `Cannot resize CapacityLimiter: 'total' ${amount}"two"`,
  ],
  "a Barrier without parties": [
    () => new Barrier(slip(undefined)),
    "RangeError",
    "Cannot make Barrier: 'parties' must be a positive integer: received " +
    "undefined",
  ],
  "a Barrier for nobody": [
    () => new Barrier(0),
    "RangeError",
    "Cannot make Barrier: 'parties' must be a positive integer: received 0",
  ],
  "a Condition with options in the place of a lock": [
    () => new Condition(slip({ name: "full" })),
    "TypeError",
    "Cannot make a Condition: it takes a Lock: received an object",
  ],
  "a Condition on another kind of lock": [
    () => new Condition(slip(new RwLock())),
    "TypeError",
    "Cannot make a Condition: it takes a Lock: received an object",
  ],
  "Condition.waitFor() without a predicate": [
    () => new Condition(new Lock(), { name: "full" }).waitFor(slip(true)),
    "TypeError",
    'Cannot wait for Condition "full": it takes a function that answers ' +
    "whether to go on: received true",
  ],
  "Condition.notify() of half a waiter": [
    () => new Condition().notify(0.5),
    "RangeError",
    `Cannot notify Condition: 'count' ${amount}0.5`,
  ],
});
