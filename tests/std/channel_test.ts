// Channel of @std/async inside our scopes, where its release has one.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  fromAsyncIterable,
  gather,
  openMemoryChannel,
  toAsyncIterable,
} from "espalier";
import { cancelAtEveryStep, type Scenario } from "./support/every_step.ts";

/** What is used of it here. */
interface Channel<T> extends AsyncIterable<T> {
  send(value: T, options?: { signal?: AbortSignal }): Promise<void>;
  receive(options?: { signal?: AbortSignal }): Promise<T>;
  tryReceive(): { readonly state: string };
  close(): void;
}

interface ChannelModule {
  readonly Channel: new <T>(options?: { capacity?: number }) => Channel<T>;
}

// Not every release has it: what is named by a variable may be missing.
const specifier: string = "@std/async/channel";
const found: ChannelModule | undefined = await import(specifier)
  .catch(() => undefined);
if (found === undefined) {
  console.log(`Not tested: ${specifier} is not in this release of @std/async`);
}

everyStep("Channel hands over between tasks under their signals", (Channel) => {
  const channel = new Channel<number>({ capacity: 0 });
  const got: number[] = [];
  return {
    body: () =>
      gather([
        async (signal) => {
          for (const item of [1, 2, 3]) await channel.send(item, { signal });
        },
        async (signal) => {
          for (let i = 0; i < 3; i++) {
            got.push(await channel.receive({ signal }));
          }
        },
      ]),
    succeeded: () => assert.deepEqual(got, [1, 2, 3]),
    cancelled: () => assert.equal(channel.tryReceive().state, "empty"),
  };
});

everyStep(
  "Channel becomes a channel of ours, and the other way round",
  (Channel) => {
    const theirs = new Channel<number>({ capacity: 1 });
    const [send, receive] = openMemoryChannel<number>(1);
    const got: number[] = [];
    return {
      body: () =>
        Effect.scoped(Effect.gen(function* () {
          const items = yield* fromAsyncIterable(theirs);
          yield* gather([
            async (signal) => {
              try {
                for await (const item of toAsyncIterable(receive)) {
                  await theirs.send(item, { signal });
                }
              } finally {
                // Its iterator waits for the next item until it is closed.
                theirs.close();
              }
            },
            Effect.orDie(Effect.gen(function* () {
              for (const item of [1, 2, 3]) yield* send.send(item);
              send.close();
            })),
            Effect.orDie(
              items.forEach((item) => Effect.sync(() => got.push(item))),
            ),
          ]);
        })),
      succeeded: () => assert.deepEqual(got, [1, 2, 3]),
      cancelled: () => assert.equal(send.statistics().waitingSenders, 0),
    };
  },
);

function everyStep<A>(
  name: string,
  make: (Channel: ChannelModule["Channel"]) => Scenario<A>,
): void {
  if (found === undefined) return;
  Deno.test(`${name}, cancelled at every step`, async () => {
    assert(await cancelAtEveryStep(() => make(found.Channel)) > 10);
  });
}
