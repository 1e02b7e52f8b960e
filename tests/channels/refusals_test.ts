import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { Future } from "espalier";
import {
  onFuture,
  onReceive,
  onSend,
  onSleep,
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  select,
} from "espalier/channels";
import { refusalTests, slip } from "../support/refusals.ts";

const [send, receive] = openMemoryChannel<number>(1);
const { future } = Future.make<number>();
const body = () => Effect.void;
const notABody = "Cannot run a body: it is not an Effect, a generator " +
  "function or an async function: received ";
const capacity = "the capacity must be an integer of at least 0 or Infinity: " +
  "received ";

refusalTests({
  "openMemoryChannel() without a capacity": [
    () => openMemoryChannel(slip(undefined)),
    "RangeError",
    `Cannot open a channel: ${capacity}undefined`,
  ],
  "openMemoryChannel() with a capacity in words": [
    () => openMemoryChannel(slip("3")),
    "RangeError",
    `Cannot open a channel: ${capacity}"3"`,
  ],
  "openFallibleChannel() with half a place": [
    () => openFallibleChannel(0.5),
    "RangeError",
    `Cannot open a channel: ${capacity}0.5`,
  ],
  "openBroadcast() without options": [
    () => openBroadcast(slip(undefined)),
    "TypeError",
    "Cannot open a broadcast: it takes options with a capacity: received undefined",
  ],
  "openBroadcast() with a number for options": [
    () => openBroadcast(slip(8)),
    "TypeError",
    "Cannot open a broadcast: it takes options with a capacity: received 8",
  ],
  "openBroadcast() without a capacity": [
    () => openBroadcast(slip({})),
    "RangeError",
    `Cannot open a broadcast: ${capacity}undefined`,
  ],
  "openBroadcast() with a policy that there is not": [
    () => openBroadcast({ capacity: 1, onSlow: slip("dropLatest") }),
    "TypeError",
    'Cannot open a broadcast: \'onSlow\' must be "wait", "dropOldest", ' +
    '"dropNewest" or "fail": received "dropLatest"',
  ],
  "select() without branches": [
    () => select(slip(undefined)),
    "TypeError",
    "Cannot select: it takes an array of branches: received undefined",
  ],
  "select() of one branch that is not in an array": [
    () => select(slip(onReceive(receive, body))),
    "TypeError",
    "Cannot select: it takes an array of branches: received an object",
  ],
  "onReceive() on the wrong end": [
    () => onReceive(slip(send), body),
    "TypeError",
    "Cannot receive from a channel in a select: it is no channel of " +
    "Espalier: received an object",
  ],
  "onReceive() without a body": [
    () => onReceive(receive, slip(undefined)),
    "TypeError",
    `${notABody}undefined`,
  ],
  "onSend() on the wrong end": [
    () => onSend(slip(receive), 1, body),
    "TypeError",
    "Cannot send to a channel in a select: it is no channel of Espalier: " +
    "received an object",
  ],
  "onSend() without a body": [
    () => onSend(send, 1, slip(undefined)),
    "TypeError",
    `${notABody}undefined`,
  ],
  "onSleep() without a body": [
    () => onSleep(1, slip(undefined)),
    "TypeError",
    `${notABody}undefined`,
  ],
  "onFuture() of a promise": [
    () => onFuture(slip(Promise.resolve(1)), body),
    "TypeError",
    "Cannot wait for a future in a select: it is none: received a promise " +
    "that has begun already: hand over the function",
  ],
  "onFuture() without a body": [
    () => onFuture(future, slip("body")),
    "TypeError",
    `${notABody}"body"`,
  ],
  "forEach() without a body": [
    () => receive.forEach(slip(undefined)),
    "TypeError",
    `${notABody}undefined`,
  ],
});

Deno.test("what is refused has taken and sent nothing", () => {
  send.trySend(1);
  assert.throws(() => onReceive(receive, slip(undefined)));
  assert.throws(() => onSend(send, 1, slip(undefined)));
  assert.throws(() => receive.forEach(slip(undefined)));
  assert.equal(send.statistics().buffered, 1);
});
