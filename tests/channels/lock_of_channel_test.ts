import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { checkpoint } from "espalier";
import { openMemoryChannel } from "espalier/channels";
import { checkLockLike, type LockLike } from "espalier/testing";
import { virtualRun } from "../support/virtual_test.ts";

/** Three ways to use a channel as a lock. */
const LOCKS: Record<string, () => LockLike> = {
  "a buffer of one place, which the owner fills": () => {
    const [send, receive] = openMemoryChannel<void>(1);
    return {
      acquire: send.send(undefined),
      tryAcquire: () => send.trySend(undefined),
      release: () => void Result.getOrThrow(receive.tryReceive()),
      statistics: () => ({ waiting: send.statistics().waitingSenders }),
    };
  },
  "a token in a buffer, which the owner takes out": () => {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("token");
    return {
      acquire: Effect.asVoid(receive.receive),
      tryAcquire: () => Result.map(receive.tryReceive(), () => undefined),
      release: () => Result.getOrThrow(send.trySend("token")),
      statistics: () => ({ waiting: receive.statistics().waitingReceivers }),
    };
  },
  "a rendezvous in which the owner hands over": () => new Rendezvous(),
};

for (const [name, make] of Object.entries(LOCKS)) {
  Deno.test(`a channel is a lock: ${name} (C079, C080)`, async () => {
    await virtualRun(() => checkLockLike(make, { name }));
  });
}

/**
 * Who waits receives, and who releases hands over; a token that was handed over
 * in vain comes back into the channel.
 */
class Rendezvous implements LockLike {
  readonly #ends = openMemoryChannel<string>(0);
  #isFree = true;

  readonly acquire: Effect.Effect<void, unknown> = Effect.suspend(() => {
    const [, receive] = this.#ends;
    if (!this.#isFree) return Effect.asVoid(receive.receive);
    this.#isFree = false;
    return Effect.onInterrupt(checkpoint, () => Effect.sync(this.release));
  });

  tryAcquire(): Result.Result<void, unknown> {
    const [, receive] = this.#ends;
    if (!this.#isFree) return Result.map(receive.tryReceive(), () => undefined);
    this.#isFree = false;
    return Result.void;
  }

  readonly release = (): void => {
    const [send] = this.#ends;
    if (Result.isFailure(send.trySend("token"))) this.#isFree = true;
  };

  statistics() {
    return { waiting: this.#ends[0].statistics().waitingReceivers };
  }
}
