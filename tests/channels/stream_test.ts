import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { moveOnAfter, nursery } from "espalier";
import { openFallibleChannel, openMemoryChannel } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, tag } from "./support/turns.ts";

virtualTest(
  "toStream() is a Stream of Effect that ends with the channel",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        for (const value of [1, 2, 3, 4]) yield* put(send, value);
        send.close();
      });
      const stream = receive.toStream();
      assert.ok(Stream.isStream(stream));

      const collected = yield* Effect.orDie(
        stream.pipe(
          Stream.filter((value) => value % 2 === 0),
          Stream.map((value) => value * 10),
          Stream.runCollect,
        ),
      );

      assert.deepEqual(collected, [20, 40]);
    });
    assert.equal(receive.statistics().openReceiveHandles, 1);
  },
);

virtualTest(
  "toStream() takes one value each time it is asked for one",
  function* () {
    const [send, receive] = openMemoryChannel<number>(5);
    for (const value of [1, 2, 3, 4, 5]) send.trySend(value);

    const first = yield* Effect.orDie(
      receive.toStream().pipe(Stream.take(2), Stream.runCollect),
    );

    assert.deepEqual(first, [1, 2]);
    assert.deepEqual(drain(receive), [3, 4, 5]);
  },
);

virtualTest(
  "toStream() fails with the failure of the producer, and with ChannelClosed",
  function* () {
    const [send, receive] = openFallibleChannel<number, { _tag: "Disk" }>(1);
    send.trySend(1);
    send.fail({ _tag: "Disk" });
    const heard: number[] = [];
    const drained = (channel: typeof receive) =>
      tag(Stream.runForEach(
        channel.toStream(),
        (value) => Effect.sync(() => heard.push(value)),
      ));

    assert.equal(yield* drained(receive), "Disk");
    receive.close();
    assert.equal(yield* drained(receive), "ChannelClosed");
    assert.deepEqual(heard, [1]);
  },
);

virtualTest(
  "a stream that is cancelled while it waits leaves no trace (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    yield* moveOnAfter(5, Effect.orDie(Stream.runDrain(receive.toStream())));
    assert.equal(receive.statistics().waitingReceivers, 0);
    send.trySend(1);
    assert.deepEqual(drain(receive), [1]);
  },
);

virtualTest("two streams of one handle share what comes", function* () {
  const [send, receive] = openMemoryChannel<number>(0);
  const heard: number[] = [];
  const listen = Effect.orDie(Stream.runForEach(
    receive.toStream(),
    (value) => Effect.sync(() => heard.push(value)),
  ));
  yield* nursery(function* (n) {
    n.startSoon(listen);
    n.startSoon(listen);
    yield* settled;
    for (const value of [1, 2, 3]) yield* put(send, value);
    send.close();
  });
  assert.deepEqual(heard, [1, 2, 3]);
});

Deno.test("mod.ts does not load Effect's Stream for those who do not ask for one", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "mod.ts"],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = modules.flatMap(({ dependencies = [] }: Module) =>
    dependencies.filter(({ code }) => code !== undefined)
      .map(({ specifier }) => specifier)
  );
  assert.ok(loaded.includes("npm:effect@^4.1.0/Effect"));
  assert.ok(!loaded.includes("npm:effect@^4.1.0/Stream"));
});

interface Module {
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: unknown;
  }[];
}
