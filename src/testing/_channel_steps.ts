import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Result from "npm:effect@^4.1.0/Result";
import type { ReceiveChannel, SendChannel } from "../channels/channel.ts";

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
