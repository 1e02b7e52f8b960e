import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import { cancellationOf, checkpoint, ConcurrencyError, run } from "espalier";
import {
  EndOfChannel,
  openFallibleChannel,
  openMemoryChannel,
  type ReceiveChannel,
  type SendChannel,
} from "espalier/channels";
import { checkChannel } from "espalier/testing";
import { virtualRun } from "../support/virtual_test.ts";
import {
  wrapped,
  WrappedReceive,
  WrappedSend,
} from "./support/wrapped_channel.ts";

type Make = (
  capacity: number,
) => readonly [SendChannel<number>, ReceiveChannel<number>];

const GOOD: Record<string, Make> = {
  "openMemoryChannel()": (capacity) => openMemoryChannel(capacity),
  "openFallibleChannel()": (capacity) => openFallibleChannel(capacity),
  "a channel behind a wrapper": wrapped(),
};

for (const [name, make] of Object.entries(GOOD)) {
  Deno.test(`checkChannel() accepts ${name} (R53 to R58, R75)`, async () => {
    await virtualRun(() => checkChannel(make, { name }));
  });
}

/** Lets every odd value wait a turn before it queues up. */
class SlowOdds extends WrappedSend {
  override send(value: number) {
    const sending = this.inner.send(value);
    return value % 2 === 1 ? Effect.andThen(checkpoint, sending) : sending;
  }
}

/** Lets every second receiver wait a turn before it queues up. */
class SlowSeconds extends WrappedReceive {
  #calls = 0;

  override get receive() {
    return Effect.suspend(() =>
      ++this.#calls % 2 === 1
        ? Effect.andThen(checkpoint, this.inner.receive)
        : this.inner.receive
    );
  }
}

/** Asks again and again instead of queueing up. */
class Poller extends WrappedReceive {
  override get receive(): WrappedReceive["receive"] {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        yield* checkpoint;
        const result = this.inner.tryReceive();
        if (Result.isSuccess(result)) return result.success;
        if (result.failure._tag === "EndOfChannel") {
          return yield* Effect.fail(result.failure);
        }
      }
    });
  }
}

/** Forgets one value of a clone. */
class Forgetful extends WrappedSend {
  override send(value: number) {
    return value === 402 ? Effect.asVoid(checkpoint) : this.inner.send(value);
  }
}

/** Takes without a checkpoint what is there. */
class Hasty extends WrappedReceive {
  override get receive() {
    return Effect.suspend(() => {
      const result = this.inner.tryReceive();
      return Result.isSuccess(result)
        ? Effect.succeed(result.success)
        : this.inner.receive;
    });
  }
}

/** Takes first and looks up then. */
class Grabber extends WrappedReceive {
  override get receive() {
    return Effect.suspend(() => {
      const result = this.inner.tryReceive();
      return Result.isSuccess(result)
        ? Effect.as(checkpoint, result.success)
        : this.inner.receive;
    });
  }
}

/** Runs the receiver inside of `trySend`. */
function inline(capacity: number): ReturnType<Make> {
  const waiting: Array<(step: Effect.Effect<number, EndOfChannel>) => void> =
    [];
  class Send extends WrappedSend {
    override trySend(value: number) {
      const resume = waiting.shift();
      if (resume === undefined) return this.inner.trySend(value);
      resume(Effect.succeed(value));
      return Result.void;
    }

    override send(value: number) {
      return Effect.suspend(() =>
        waiting.length > 0
          ? Effect.andThen(
            Effect.sync(() => void this.trySend(value)),
            checkpoint,
          )
          : this.inner.send(value)
      );
    }

    override close() {
      this.inner.close();
      if (this.inner.statistics().openSendHandles > 0) return;
      for (const resume of waiting.splice(0)) {
        resume(Effect.fail(new EndOfChannel("a channel")));
      }
    }
  }
  class Receive extends WrappedReceive {
    override get receive() {
      return Effect.suspend(() => {
        const { buffered, waitingSenders, openSendHandles } = this.statistics();
        return buffered + waitingSenders > 0 || openSendHandles === 0
          ? this.inner.receive
          : Effect.callback<number, EndOfChannel>((resume) => {
            waiting.push(resume);
          });
      });
    }

    override forEach(body: (value: number, signal: AbortSignal) => never) {
      const step = Effect.flatMap(
        this.receive,
        (value) =>
          Effect.suspend(() => body(value, never) as Effect.Effect<void>),
      );
      return Effect.catchTag(
        Effect.forever(step),
        "EndOfChannel",
        () => Effect.void,
      ) as never;
    }
  }
  return wrapped(Send, Receive as typeof WrappedReceive)(capacity);
}
const never = new AbortController().signal;

/** Calls the end a closed handle. */
class Rude extends WrappedReceive {
  override tryReceive() {
    const result = this.inner.tryReceive();
    return Result.isFailure(result) && result.failure._tag === "EndOfChannel"
      ? openMemoryChannelClosed()
      : result;
  }
}

/** Sends to nobody. */
class Deaf extends WrappedSend {
  override trySend(value: number) {
    const result = this.inner.trySend(value);
    return Result.isFailure(result) && result.failure._tag === "ChannelBroken"
      ? Result.void
      : result;
  }
}

/** Answers itself for a clone that there cannot be. */
class Undead extends WrappedSend {
  override clone(): SendChannel<number> {
    try {
      return super.clone();
    } catch (error) {
      assert.ok(error instanceof ConcurrencyError);
      return this;
    }
  }
}

/** Does not count who waits. */
class Miscounting extends WrappedSend {
  override statistics() {
    return { ...this.inner.statistics(), waitingSenders: 0 };
  }
}

/** Reads one value ahead. */
class ReadAhead extends WrappedReceive {
  override async *toAsyncIterable() {
    let ahead = this.inner.tryReceive();
    for await (const value of this.inner.toAsyncIterable()) {
      if (Result.isSuccess(ahead)) yield ahead.success;
      ahead = Result.succeed(value);
    }
  }
}

/** Passes one more checkpoint with the value in its hand. */
class ButterFingers extends WrappedReceive {
  override get receive() {
    return Effect.flatMap(
      this.inner.receive,
      (value) => Effect.as(checkpoint, value),
    );
  }
}

/** Loses a value when Effect interrupts it. */
class Careless extends WrappedReceive {
  override get receive() {
    return Effect.onExit(this.inner.receive, (exit) => {
      const isInterrupted = Exit.isFailure(exit) &&
        Cause.hasInterrupts(exit.cause) &&
        cancellationOf(exit.cause) === undefined;
      if (isInterrupted) this.inner.tryReceive();
      return Effect.void;
    });
  }
}

/** Passes one more checkpoint after it has sent. */
class Dawdler extends WrappedSend {
  override send(value: number) {
    return Effect.andThen(this.inner.send(value), checkpoint);
  }
}

const BAD: Record<string, readonly [Make, RegExp]> = {
  "one that keeps one value more": [
    (capacity) => openMemoryChannel(capacity + 1),
    /trySend\(\) and tryReceive\(\) do what need not wait/,
  ],
  "one that lets odd values wait": [wrapped(SlowOdds), /in the order in which/],
  "one that lets every second receiver wait": [
    wrapped(WrappedSend, SlowSeconds),
    /receivers are served in the order of asking/,
  ],
  "one that polls": [
    wrapped(WrappedSend, Poller),
    /nobody pushes in before a waiter/,
  ],
  "one that forgets a value": [wrapped(Forgetful), /received once/],
  "one that takes at once what is there": [
    wrapped(WrappedSend, Hasty),
    /checkpoints on every call/,
  ],
  "one that runs the receiver inside of trySend()": [
    inline,
    /plain calls run no other task/,
  ],
  "one that calls its end a closed handle": [
    wrapped(WrappedSend, Rude),
    /ends after its last sender/,
  ],
  "one that sends to nobody": [wrapped(Deaf), /breaks with its last receiver/],
  "one whose closed handles have clones": [wrapped(Undead), /has no clone/],
  "one that miscounts": [wrapped(Miscounting), /statistics\(\) counts/],
  "one that reads ahead": [
    wrapped(WrappedSend, ReadAhead),
    /loops take one value at a time/,
  ],
  "one that takes before it looks up": [
    wrapped(WrappedSend, Grabber),
    /what is cancelled has not happened/,
  ],
  "one that drops what it was served": [
    wrapped(WrappedSend, ButterFingers),
    /cancelled after it was served has it/,
  ],
  "one that knows nothing of interruptions by Effect": [
    wrapped(WrappedSend, Careless),
    /a receiver that is stopped loses and doubles nothing/,
  ],
  "one that dawdles after it has sent": [
    wrapped(Dawdler),
    /a sender that is stopped has sent what it went past/,
  ],
};

for (const [name, [make, sentence]] of Object.entries(BAD)) {
  Deno.test(`checkChannel() refuses ${name}`, async () => {
    await assert.rejects(
      virtualRun(() => checkChannel(make, { name })),
      ({ message }: Error) => {
        assert.match(message, sentence);
        assert.ok(message.startsWith(`Cannot use ${name} as a channel: `));
        return true;
      },
    );
  });
}

Deno.test("checkChannel() needs no virtual clock", async () => {
  await run(checkChannel((capacity) => openMemoryChannel(capacity)));
});

function openMemoryChannelClosed() {
  const [, receive] = openMemoryChannel<number>(0);
  receive.close();
  return receive.tryReceive();
}
