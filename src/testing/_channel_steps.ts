import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Result from "npm:effect@^4.1.0/Result";
import type { ReceiveChannel, SendChannel } from "../channels/channel.ts";

/** Makes the two ends of a channel. */
export type MakeChannel = (
  capacity: number,
) => readonly [SendChannel<number>, ReceiveChannel<number>];

/** The capacities that a channel is tried at. */
export const CAPACITIES = [0, 1, 3] as const;

export function put(
  send: SendChannel<number>,
  ...values: readonly number[]
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (const value of values) yield* Effect.orDie(send.send(value));
  });
}

export function take(receive: ReceiveChannel<number>): Effect.Effect<number> {
  return Effect.orDie(receive.receive);
}

/** Receives up to the end. */
export function hear(
  receive: ReceiveChannel<number>,
  heard: (value: number) => void,
): Effect.Effect<void> {
  return Effect.orDie(
    receive.forEach((value) => Effect.sync(() => heard(value))),
  );
}

/** Takes what can be had now. */
export function drain(receive: ReceiveChannel<number>): number[] {
  const drained: number[] = [];
  for (;;) {
    const result = receive.tryReceive();
    if (Result.isFailure(result)) return drained;
    drained.push(result.success);
  }
}

/** What a call failed with, by its tag; `"nothing"` if it did not fail. */
export function failureOf(
  result: Result.Result<unknown, { readonly _tag: string }>,
): string {
  return Result.isFailure(result) ? result.failure._tag : "nothing";
}

/** What an operation fails with, by its tag; `"nothing"` if it does not fail. */
export function tagOf(
  effect: Effect.Effect<unknown, { readonly _tag: string }>,
): Effect.Effect<string> {
  return Effect.match(effect, {
    onSuccess: () => "nothing",
    onFailure: ({ _tag }) => _tag,
  });
}

/** Values of a producer, told apart from those of the others. */
export function valuesOf(producer: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => 100 * producer + at);
}

/** Compares what was received with what was sent, whatever the order. */
export function assertSame(
  received: readonly number[],
  sent: readonly number[],
  message: string,
): void {
  const inOrder = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b);
  assert.deepEqual(inOrder(received), inOrder(sent), message);
}
