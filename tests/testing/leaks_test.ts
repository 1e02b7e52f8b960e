// Everything that can outlive a test is found, and named with the place that
// made it: in each body below that place bears the comment `// made here`.

import assert from "node:assert/strict";
import { Worker as NodeWorker } from "node:worker_threads";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  CapacityLimiter,
  checkpoint,
  fromPromise,
  Future,
  Lock,
  nursery,
  openMemoryChannel,
  run,
  RwLock,
  sleep,
  sleepForever,
} from "espalier";
import {
  concurrencyTest,
  InterleavingFailed,
  type Leak,
  Leaked,
} from "espalier/testing";

type Body = Parameters<typeof concurrencyTest>[1];

/** A kind of leak: what it is called, and a body that leaves one behind. */
const KINDS: Readonly<Record<string, readonly [RegExp, Body]>> = {
  "a run": [/^task "stray", which waits for sleepForever$/, () => {
    const stray = { name: "stray" };
    return fromHost(() => run(sleepForever, stray)); // made here
  }],
  "a task": [/^task "stray\/crawl", which waits for sleepForever$/, () => {
    const crawls = nursery(function* (n) {
      n.startSoon(sleepForever, { name: "crawl" }); // made here
      yield* sleepForever;
    });
    return fromHost(() => run(crawls, { name: "stray" }));
  }],
  "a scope": [/^scope "cart"$/, () => {
    const cart = cancelScope(() => sleepForever, { name: "cart" }); // made here
    return fromHost(() => run(cart));
  }],
  "a scope in a fiber of Effect": [/^scope "cart"$/, () => {
    const cart = cancelScope(() => sleepForever, { name: "cart" }); // made here
    return fromHost(() => Effect.runPromise(cart));
  }],
  "a timer": [/^timer of 60000 ms$/, function* () {
    setTimeout(() => {}, 60_000); // made here
    yield* checkpoint;
  }],
  "an interval": [/^interval of 60000 ms$/, function* () {
    setInterval(() => {}, 60_000); // made here
    yield* checkpoint;
  }],
  "a bridged promise": [/^promise of the host that has not settled$/, () => {
    const never = new Promise<void>(() => {});
    const letGo = { onCancel: "abandon" } as const;
    return nursery(function* (n) {
      const waits = n.startSoon(fromPromise(() => never, letGo)); // made here
      yield* sleep(0);
      waits.cancel();
    });
  }],
  "a future of a promise": [
    /^promise of the host that has not se/,
    function* () {
      const never = new Promise<void>(() => {});
      Future.fromPromise(() => never); // made here
      yield* checkpoint;
    },
  ],
  "a worker": [/^worker "data:application\/javascript,.*"$/, function* () {
    new Worker(IDLE, { type: "module" }); // made here
    yield* checkpoint;
  }],
  "a worker of Node": [/^worker thread$/, function* () {
    new NodeWorker(new URL(IDLE)); // made here
    yield* checkpoint;
  }],
  "a port": [/^port$/, function* () {
    const { port1 } = new MessageChannel(); // made here
    port1.start();
    yield* checkpoint;
  }],
  "a lock": [/^Lock "orders", held by "main"$/, function* () {
    const lock = new Lock({ name: "orders" }); // made here
    yield* lock.acquire;
  }],
  "a readers-writer lock": [/^RwLock "prices", held by "main"$/, function* () {
    const lock = new RwLock({ name: "prices" }); // made here
    yield* lock.acquireRead;
  }],
  "a token of a limiter": [
    /^CapacityLimiter "lines", with 1 tok/,
    function* () {
      const limiter = new CapacityLimiter(2, { name: "lines" }); // made here
      yield* limiter.acquire;
    },
  ],
  "a channel with senders": [/^channel "jobs", with 1 waiting$/, () => {
    const [send] = openMemoryChannel<number>(0, { name: "jobs" }); // made here
    return fromHost(() => run(Effect.orDie(send.send(1))));
  }],
  "a channel with receivers": [/^channel "jobs", with 2 waiting$/, () => {
    const [, receive] = openMemoryChannel(0, { name: "jobs" }); // made here
    const hear = Effect.orDie(receive.receive);
    return fromHost(() => Promise.all([run(hear), run(hear)]));
  }],
  "a child process": [/^child process \d+$/, function* () {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["repl"],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    });
    command.spawn(); // made here
    yield* checkpoint;
  }],
};

const IDLE = "data:application/javascript,setInterval(()=>{},1e9)";

for (const [kind, [what, body]] of Object.entries(KINDS)) {
  Deno.test(`concurrencyTest() fails if ${kind} outlives it, and names its place`, async () => {
    const left = await leaksOf(body);

    const found = left.filter((leak) => what.test(leak.what));
    assert.equal(found.length, 1, inWords(left));
    assert.ok(found[0]!.madeAt?.startsWith(placeOf(kind)), inWords(found));
    assert.ok(left.every(({ madeAt }) => madeAt !== undefined), inWords(left));
  });
}

Deno.test("concurrencyTest() fails if a fiber that Effect forked outlives it", async () => {
  const left = await leaksOf(function* () {
    yield* Effect.forkDetach(Effect.never);
    yield* checkpoint;
  });

  assert.deepEqual(left.map(({ what }) => what), [
    'fiber that Effect forked in task "main"',
  ]);
});

Deno.test("concurrencyTest() names all that is left, not only the first", async () => {
  const left = await leaksOf(function* () {
    setTimeout(() => {}, 60_000);
    new MessageChannel().port1.start();
    yield* new Lock({ name: "orders" }).acquire;
  });

  assert.deepEqual(left.map(({ what }) => what), [
    "timer of 60000 ms",
    "port",
    'Lock "orders", held by "main"',
  ]);
});

Deno.test("concurrencyTest() ends what was left behind", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const waiting = Effect.onInterrupt(sleepForever, () => Effect.sync(end));
  const cleared: unknown[] = [];
  const { clearTimeout } = globalThis;
  globalThis.clearTimeout = (timer) => {
    cleared.push(timer);
    clearTimeout(timer);
  };
  const timers: unknown[] = [];
  const workers: Worker[] = [];

  await leaksOf(() => {
    timers.push(setTimeout(() => {}, 60_000));
    workers.push(new Worker(IDLE, { type: "module" }));
    return fromHost(() => run(waiting));
  });
  globalThis.clearTimeout = clearTimeout;
  await ended;

  // It was run once to find out, and once to tell.
  assert.equal(timers.length, 2);
  for (const timer of timers) assert.ok(cleared.includes(timer));
  // What cannot be sent is only looked at where somebody would receive it.
  for (const worker of workers) worker.postMessage(() => {});
});

Deno.test("concurrencyTest() leaves alone what has ended, however late", async () => {
  const passed = await failureOf(function* () {
    const lock = new Lock();
    yield* lock.withLock(sleep("1 hour"));
    const [send, receive] = openMemoryChannel<number>(1);
    yield* Effect.orDie(send.send(1));
    yield* Effect.orDie(receive.receive);
    clearTimeout(setTimeout(() => {}, 60_000));
    setTimeout(() => {}, 30);
    const { port1, port2 } = new MessageChannel();
    port1.close();
    port2.close();
    new Worker(IDLE, { type: "module" }).terminate();
    yield* fromPromise(() => Promise.resolve());
    const no = fromPromise(() => Promise.reject("no"), { catch: String });
    yield* Effect.ignore(no);
  });

  assert.equal(passed, undefined);
});

Deno.test("concurrencyTest() does not take what was there before for a leak", async () => {
  const timer = setTimeout(() => {}, 60_000);
  const lock = new Lock();

  const passed = await failureOf(function* () {
    yield* lock.acquire;
  });
  clearTimeout(timer);

  assert.equal(passed, undefined);
});

Deno.test("concurrencyTest() puts back what it watches the platform with", async () => {
  const names = ["setTimeout", "setInterval", "Worker", "MessageChannel"];
  const those = () => [
    ...names.map((name) => Reflect.get(globalThis, name)),
    Deno.Command.prototype.spawn,
    Deno.Command.prototype.output,
  ];
  const before = those();

  await failureOf(() => checkpoint);
  await failureOf(() => Effect.die("no"));

  assert.deepEqual(those(), before);
});

Deno.test("concurrencyTest() leaves a stand-in alone that its body has put up", async () => {
  const { setTimeout } = globalThis;
  const standIn = (() => 0) as unknown as typeof setTimeout;

  await failureOf(() => {
    globalThis.setTimeout = standIn;
    return checkpoint;
  });
  const left = globalThis.setTimeout;
  globalThis.setTimeout = setTimeout;

  assert.equal(left, standIn);
});

/** Runs a test with this body and answers what it leaves behind. */
async function leaksOf(body: Body): Promise<readonly Leak[]> {
  const failure = await failureOf(body);
  assert(failure instanceof InterleavingFailed, `it ended with ${failure}`);
  assert(failure.cause instanceof Leaked, `it failed with ${failure.cause}`);
  return failure.cause.leaks;
}

/** Runs a test with this body and answers what it fails with. */
async function failureOf(body: Body): Promise<unknown> {
  let running: Promise<void> | undefined;
  const test = (_name: string, run: () => Promise<void>) => running = run();
  concurrencyTest("leaves something", body, { test });
  return await running!.then(() => undefined, (failure) => failure);
}

/** Begins something in host code, where it has no task to belong to. */
async function fromHost(begin: () => Promise<unknown>): Promise<void> {
  await Promise.resolve();
  begin().catch(() => {});
  // Runs begin in turns of their own.
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** The line of this file that makes what a body leaves behind. */
function placeOf(kind: string): string {
  const lines = Deno.readTextFileSync(new URL(import.meta.url)).split("\n");
  const begin = lines.findIndex((line) => line.includes(`"${kind}": [`));
  const at = lines.findIndex((line, at) =>
    at > begin && line.endsWith("// made here")
  );
  return `${import.meta.url}:${at + 1}:`;
}

function inWords(leaks: readonly Leak[]): string {
  return leaks.map(({ what, madeAt }) => `${what} @ ${madeAt}`).join("\n");
}
