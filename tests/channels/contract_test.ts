// What the room promises in types. The declarations are written out once more,
// so that a change of one is seen here; that it compiles is most of the test.

import assert from "node:assert/strict";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type * as Stream from "effect/Stream";
import type {
  Body0,
  ErrorOf,
  Future,
  Result as Out,
  ServicesOf,
  SuccessOf,
  WouldBlock,
} from "espalier";
import * as channels from "espalier/channels";
import type {
  Branch,
  ChannelBroken,
  ChannelClosed,
  EndOfChannel,
  ReceiveChannel,
  ReceiverLagged,
  SendChannel,
} from "espalier/channels";
import * as front from "espalier";

/** Compiles where the two types are the same, in both directions. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

interface Named {
  name?: string;
}

interface Statistics {
  readonly buffered: number;
  readonly peak: number;
  readonly capacity: number;
  readonly openSendHandles: number;
  readonly openReceiveHandles: number;
  readonly waitingSenders: number;
  readonly waitingReceivers: number;
}

interface Send<in T> {
  send(value: T): Effect.Effect<void, ChannelClosed | ChannelBroken>;
  trySend(
    value: T,
  ): Result.Result<void, WouldBlock | ChannelClosed | ChannelBroken>;
  clone(): Send<T>;
  close(): void;
  statistics(): Statistics;
  [Symbol.dispose](): void;
}

interface Receive<out T, out E = never> {
  readonly receive: Effect.Effect<T, E | EndOfChannel | ChannelClosed>;
  tryReceive(): Result.Result<
    T,
    E | WouldBlock | EndOfChannel | ChannelClosed
  >;
  clone(): Receive<T, E>;
  close(): void;
  [Symbol.dispose](): void;
  statistics(): Statistics;
  forEach<X extends Out>(
    body: (value: T, signal: AbortSignal) => X,
  ): Effect.Effect<void, E | ErrorOf<X> | ChannelClosed, ServicesOf<X>>;
  toStream(): Stream.Stream<T, E | ChannelClosed>;
  toAsyncIterable(): AsyncIterable<T>;
}

interface Declared {
  openMemoryChannel<T>(
    capacity: number,
    options?: Named,
  ): readonly [Send<T>, Receive<T>];
  openBroadcast<T>(
    options: Named & {
      capacity: number;
      onSlow?: "wait" | "dropOldest" | "dropNewest" | "fail";
    },
  ): { readonly sender: Send<T>; subscribe(): Receive<T, ReceiverLagged> };
  openWatch<T>(
    initial: T,
  ): { value: T; subscribe(): Receive<T>; close(): void };
  onReceive<T, X extends Out, E0 = never>(
    channel: ReceiveChannel<T, E0>,
    f: (value: T, signal: AbortSignal) => X,
  ): Branch<
    SuccessOf<X>,
    E0 | ErrorOf<X> | EndOfChannel | ChannelClosed,
    ServicesOf<X>
  >;
  onSend<T, X extends Out>(
    channel: SendChannel<T>,
    value: T,
    f: Body0<X>,
  ): Branch<
    SuccessOf<X>,
    ErrorOf<X> | ChannelClosed | ChannelBroken,
    ServicesOf<X>
  >;
  onSleep<X extends Out>(
    duration: Duration.Input,
    f: Body0<X>,
  ): Branch<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>>;
  onFuture<A, E, X extends Out>(
    future: Future<A, E>,
    f: (value: A, signal: AbortSignal) => X,
  ): Branch<SuccessOf<X>, E | ErrorOf<X>, ServicesOf<X>>;
  // deno-lint-ignore no-explicit-any
  select<B extends ReadonlyArray<Branch<any, any, any>>>(
    branches: B,
  ): Effect.Effect<B[number]["_A"], B[number]["_E"], B[number]["_R"]>;
}

Deno.test("the room exports what the contract declares, as it declares it", () => {
  const declared: Declared = channels;
  const [send, receive] = channels.openMemoryChannel<number>(1);
  const asSend: Send<number> = send;
  const asReceive: Receive<number> = receive;
  const back: SendChannel<number> = asSend;
  const wider: ReceiveChannel<number | string, "more"> = receive;
  const narrower: SendChannel<1> = send;
  for (const [name, value] of Object.entries(channels)) {
    assert.equal(Reflect.get(front, name), value, name);
  }
  assert.equal(declared.select, channels.select);
  assert.deepEqual([back, wider, narrower], [asSend, asReceive, send]);
});

Deno.test("the errors are told apart by their tags", () => {
  const tags: [
    Same<ChannelClosed["_tag"], "ChannelClosed">,
    Same<ChannelBroken["_tag"], "ChannelBroken">,
    Same<EndOfChannel["_tag"], "EndOfChannel">,
    Same<ReceiverLagged["_tag"], "ReceiverLagged">,
    Same<ReceiverLagged["missed"], number>,
  ] = [true, true, true, true, true];
  assert.ok(tags.every(Boolean));
});

Deno.test("the types of a select are the union of those of its branches", () => {
  const [send, receive] = channels.openMemoryChannel<number>(1);
  const { subscribe } = channels.openBroadcast<string>({ capacity: 1 });
  const chosen = channels.select([
    channels.onReceive(receive, (value) => Effect.succeed(value)),
    channels.onReceive(subscribe(), () => Effect.fail("no" as const)),
    channels.onSend(send, 1, () => Promise.resolve("sent" as const)),
    channels.onSleep(1, function* () {
      return yield* Effect.succeed(true as const);
    }),
  ]);
  const same: [
    Same<Effect.Success<typeof chosen>, number | "sent" | true>,
    Same<
      Effect.Error<typeof chosen>,
      "no" | ReceiverLagged | ChannelClosed | ChannelBroken | EndOfChannel
    >,
    Same<Effect.Services<typeof chosen>, never>,
  ] = [true, true, true];
  assert.ok(same.every(Boolean));
});

Deno.test("the types of forEach() are those of its body and of its channel", () => {
  const { subscribe } = channels.openBroadcast<string>({ capacity: 1 });
  const loop = subscribe().forEach((value) =>
    value === "" ? Effect.fail("empty" as const) : Effect.void
  );
  const same: [
    Same<Effect.Success<typeof loop>, void>,
    Same<Effect.Error<typeof loop>, "empty" | ReceiverLagged | ChannelClosed>,
  ] = [true, true];
  assert.ok(same.every(Boolean));
});

Deno.test("what does not fit does not compile", () => {
  const refused = () => {
    const [send, receive] = channels.openMemoryChannel<number>(1);
    // @ts-expect-error a channel of numbers takes no string
    send.trySend("one");
    // @ts-expect-error there is no default capacity
    channels.openMemoryChannel<number>();
    // @ts-expect-error a channel that ends is no channel that never fails
    const never: Effect.Effect<number> = receive.receive;
    // @ts-expect-error a policy that there is not
    channels.openBroadcast({ capacity: 1, onSlow: "panic" });
    return never;
  };
  assert.equal(typeof refused, "function");
});
