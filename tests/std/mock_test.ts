// mock of @std/testing beside a run: spies as bodies, stubs around a run.

import assert from "node:assert/strict";
import {
  assertSpyCall,
  assertSpyCalls,
  resolvesNext,
  returnsNext,
  spy,
  stub,
} from "@std/testing/mock";
import {
  fromPromise,
  gather,
  mapConcurrent,
  moveOnAfter,
  nursery,
  openMemoryChannel,
  run,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import * as Effect from "effect/Effect";

Deno.test("spy() is a body: it is called once, with the signal last", async () => {
  const body = spy((signal: AbortSignal) => {
    assert(signal instanceof AbortSignal);
    return Promise.resolve("done");
  });

  assert.equal(await run(nursery((n) => n.startSoon(body))), "done");

  assertSpyCalls(body, 1);
});

Deno.test("spy() sees each item of mapConcurrent(), and each value of forEach()", async () => {
  const double = spy((item: number, _index: number) =>
    Effect.succeed(2 * item)
  );
  const results = await run(mapConcurrent([1, 2, 3], double, {
    concurrency: 2,
  }));
  assert.deepEqual(results, [2, 4, 6]);
  assertSpyCalls(double, 3);
  assert.deepEqual(double.calls.map(({ args }) => args.slice(0, 2)), [
    [1, 0],
    [2, 1],
    [3, 2],
  ]);

  const [send, receive] = openMemoryChannel<string>(2);
  const heard = spy((_value: string) => Effect.void);
  send.trySend("one");
  send.trySend("two");
  send.close();
  await run(receive.forEach(heard));
  assert.deepEqual(heard.calls.map(({ args }) => args[0]), ["one", "two"]);
});

Deno.test("a stub() answers for as long as the run lasts", async () => {
  const server = { fetch: (path: string) => Promise.resolve(`real ${path}`) };
  {
    using fetched = stub(server, "fetch", resolvesNext(["one", "two"]));
    const pages = await run(gather([
      () => server.fetch("/a"),
      () => server.fetch("/b"),
    ]));
    assert.deepEqual(pages, ["one", "two"]);
    assertSpyCall(fetched, 0, { args: ["/a"] });
    assertSpyCall(fetched, 1, { args: ["/b"] });
  }
  assert.equal(await run(() => server.fetch("/c")), "real /c");
});

Deno.test("what a stub() throws is the failure of its task", async () => {
  const broken = new Error("no network");
  const server = { fetch: () => Promise.resolve("page") };
  using _ = stub(server, "fetch", () => Promise.reject(broken));

  const failure = await run(Effect.flip(
    fromPromise(() => server.fetch(), {
      catch: (thrown) => (thrown as Error).message,
    }),
  ));

  assert.equal(failure, "no network");
});

Deno.test("a spy() is called when its scope is cancelled, and once", async () => {
  const cleanUp = spy(() => {});
  await run(
    moveOnAfter(5, () => Effect.ensuring(Effect.never, Effect.sync(cleanUp))),
    { clock: new VirtualClock({ autojump: true }) },
  );
  assertSpyCalls(cleanUp, 1);
});

Deno.test("a stub() of Math.random makes what is random in a body known", async () => {
  using _ = stub(Math, "random", returnsNext([0.25, 0.75]));
  const drawn = await run(gather([
    Effect.sync(() => Math.random()),
    Effect.sync(() => Math.random()),
  ]));
  assert.deepEqual(drawn, [0.25, 0.75]);
});
