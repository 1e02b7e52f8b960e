import assert from "node:assert/strict";
import { checkpoint, now, nursery, sleep } from "espalier";
import {
  concurrencyTest,
  type ConcurrencyTestOptions,
  Deadlock,
  InterleavingFailed,
  NotDeterministic,
} from "espalier/testing";
import { acrossWait, acrossWaitLocked } from "../fixtures/races/lost_update.ts";
import { inTwoOrders } from "../fixtures/races/two_locks.ts";

Deno.test("concurrencyTest() registers one test, by its name, and runs nothing yet", () => {
  const names: string[] = [];
  concurrencyTest("a name", () => assert.fail("it was run"), {
    test: (name) => names.push(name),
  });

  assert.deepEqual(names, ["a name"]);
});

Deno.test("concurrencyTest() runs its body once, on a clock that jumps", async () => {
  const times: number[] = [];
  await failureOf(function* () {
    times.push(now());
    yield* sleep("1 day");
    times.push(now());
  }, {});

  assert.deepEqual(times, [0, 86_400_000]);
});

Deno.test("concurrencyTest() picks turns by the seed: alike for one, unlike for another", async () => {
  const orderOf = async (seed: number) => {
    const trail: string[] = [];
    const visit = (name: string) =>
      function* () {
        yield* checkpoint;
        trail.push(name);
      };
    await failureOf(() =>
      nursery(function* (n) {
        for (const name of "abcdef") n.startSoon(visit(name));
        yield* checkpoint;
      }), { seed });
    return trail.join("");
  };

  assert.equal(await orderOf(5), await orderOf(5));
  assert.notEqual(await orderOf(5), await orderOf(6));
});

Deno.test("concurrencyTest() fails with the story, the seed, the token and the cause", async () => {
  const failure = await failureOf(acrossWait, {
    strategy: "random",
    seed: 42,
    maxInterleavings: 100,
  });

  assert(failure instanceof InterleavingFailed);
  const { report, message, cause } = failure;
  assert.match(String(cause), /1 !== 2/);
  assert.deepEqual([report.test, report.seed], ["a test", 42]);
  assert.ok(report.interleavings <= 20, `${report.interleavings}`);
  assert.match(report.story, /main\/a +begins, yields/);
  const last = `Interleaving ${report.interleavings}, seed 42. ` +
    `To run it again:\nESPALIER_REPLAY=${report.token}`;
  assert.ok(message.includes(report.story), message);
  assert.ok(message.endsWith(last), message);
});

Deno.test("concurrencyTest() explores as it is told to, to the end", async () => {
  const options = { strategy: "exhaustive", preemptions: 1 } as const;

  assert.equal(await failureOf(acrossWaitLocked, options), undefined);
  assert.match(String(await failureOf(acrossWait, options)), /1 !== 2/);
});

Deno.test("concurrencyTest() names a deadlock", async () => {
  const failure = await failureOf(inTwoOrders, { strategy: "exhaustive" });

  assert(failure instanceof InterleavingFailed);
  assert(failure.cause instanceof Deadlock);
  assert.match(failure.message, /worker-a waits for Lock "stock", held by wor/);
  assert.match(failure.message, /├─ worker-a {2}waits for Lock "stock"/);
});

Deno.test("concurrencyTest() cancels everywhere if told so", async () => {
  const ends: string[] = [];
  await failureOf(() =>
    nursery(function* (n) {
      const slept = n.startSoon(sleep(1));
      ends.push((yield* slept.outcome)._tag);
    }), { cancelEverywhere: true });

  assert.deepEqual(new Set(ends), new Set(["Succeeded", "Cancelled"]));
});

Deno.test("concurrencyTest() says of a body that is not deterministic that it is not", async () => {
  let calls = 0;
  const failure = await failureOf(() =>
    nursery(function* (n) {
      for (let child = calls++ % 3; child >= 0; child--) {
        n.startSoon(checkpoint);
      }
      yield* checkpoint;
    }), { strategy: "exhaustive" });

  assert((failure as Error).cause instanceof NotDeterministic);
});

Deno.test("concurrencyTest() refuses options that make no sense when it is called", () => {
  const test = () => assert.fail("it was registered");
  const register = (options: ConcurrencyTestOptions) => () =>
    concurrencyTest("a test", () => checkpoint, { ...options, test });

  assert.throws(register({ preemptions: -1 }), RangeError);
  assert.throws(register({ seed: NaN }), RangeError);
  assert.throws(register({ strategy: "all" as "random" }), TypeError);
});

Deno.test("ESPALIER_REPLAY runs what a failing test has printed again, exactly", async () => {
  const failed = await testStalePrice({});
  const token = tokenIn(failed.output);
  const again = await testStalePrice({ token });

  assert.equal(failed.code, 1);
  assert.match(
    failed.output,
    /^Interleaving [2-9], seed 7\. To run it again:/m,
  );
  assert.match(failed.output, /2000 ms {2}main\/reader +goes on after/);
  assert.match(failed.output, /the old price at 2000 ms/);
  assert.equal(again.code, 1);
  assert.equal(bodiesOf(again.output, "two tasks"), 1);
  assert.match(again.output, /^Interleaving 1, seed 7\. To run it again:/m);
  assert.deepEqual(storyIn(again.output), storyIn(failed.output));
  assert.equal(tokenIn(again.output), token);
});

Deno.test("ESPALIER_REPLAY is for the test with its name; the others run as ever", async () => {
  const { output } = await testStalePrice({
    token: tokenIn((await testStalePrice({})).output),
  });

  assert.equal(bodiesOf(output, "two tasks"), 1);
  assert.equal(bodiesOf(output, "a day"), 3);
  assert.match(output, /a day has no end \.\.\.[^]*?ok/);
});

Deno.test("ESPALIER_REPLAY passes once the body is mended", async () => {
  const token = tokenIn((await testStalePrice({})).output);
  const { code, output } = await testStalePrice({ token, args: ["mended"] });

  assert.equal(code, 0, output);
  assert.equal(bodiesOf(output, "two tasks"), 1);
});

Deno.test("ESPALIER_REPLAY says that the body takes other turns now", async () => {
  const token = tokenIn((await testStalePrice({})).output);
  const { code, output } = await testStalePrice({ token, args: ["locked"] });

  assert.equal(code, 1);
  assert.match(output, /ReplayDiverged|the body takes other turns/);
});

Deno.test("ESPALIER_REPLAY that is no token fails the tests and says so", async () => {
  const { code, output } = await testStalePrice({ token: "esp1.no.token" });

  assert.equal(code, 1);
  assert.match(output, /TypeError: Cannot read the token: .*"esp1\.no\.token"/);
});

Deno.test("ESPALIER_REPLAY that may not be read is not asked for", async () => {
  const { output } = await testStalePrice({
    token: "esp1.no.token",
    flags: [],
  });

  assert.equal(bodiesOf(output, "a day"), 3);
  assert.doesNotMatch(output, /Cannot read the token|NotCapable/);
});

/** Runs a test with this body and answers what it fails with. */
async function failureOf(
  body: Parameters<typeof concurrencyTest>[1],
  options: ConcurrencyTestOptions,
): Promise<unknown> {
  let running: Promise<void> | undefined;
  concurrencyTest("a test", body, {
    ...options,
    test: (_name, run) => running = run(),
  });
  return await running!.then(() => undefined, (failure) => failure);
}

/** How the fixture ended. */
interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs the tests of the fixture in a process of their own. */
async function testStalePrice(options: {
  readonly token?: string;
  readonly args?: readonly string[];
  readonly flags?: readonly string[];
}): Promise<Ended> {
  const { token = "", args = [], flags = ["--allow-env=ESPALIER_REPLAY"] } =
    options;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-check",
      "--no-prompt",
      ...flags,
      new URL("../fixtures/testing/stale_price.ts", import.meta.url).pathname,
      "--",
      ...args,
    ],
    env: { NO_COLOR: "1", ESPALIER_REPLAY: token },
  }).output();
  const [out, err] = [stdout, stderr].map((it) => new TextDecoder().decode(it));
  return { code, output: `${out}${err}` };
}

/** The token that a failure ends with, for a shell to read. */
function tokenIn(output: string): string {
  const token = output.match(/^ESPALIER_REPLAY=(\S+)$/m)?.[1];
  assert(token !== undefined, output);
  return token;
}

/** The lines of a failure that begin with a time. */
function storyIn(output: string): string[] {
  return output.split("\n").filter((line) => /^ *\d+ ms {2}/.test(line));
}

/** How often a body was run. */
function bodiesOf(output: string, name: string): number {
  return output.split(`a body of ${name}`).length - 1;
}
