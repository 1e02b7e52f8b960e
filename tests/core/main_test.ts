import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { main, sleepForever } from "../../mod.ts";
import { runChild } from "../support/run_child.ts";

const program = "main_scenarios.ts";
const on = Deno.build.os !== "windows";

/** Runs a scenario and sends it signals when it says that it is ready. */
function stopped(scenario: string, ...signals: readonly Deno.Signal[]) {
  const left = [...signals];
  return runChild(program, {
    args: [scenario],
    onOutput(stdout, child) {
      // One signal for each line: a second one only once the first has arrived.
      const lines = stdout.split("\n").length - 1;
      while (left.length > 0 && lines > signals.length - left.length) {
        child.kill(left.shift()!);
      }
    },
  });
}

Deno.test("main() ends with code 0 and lets the program end by itself", async () => {
  const { code, stdout, stderr } = await runChild(program, {
    args: ["succeed"],
  });

  assert.deepEqual({ code, stdout, stderr }, {
    code: 0,
    stdout: "done\n",
    stderr: "",
  });
});

Deno.test("main() goes on with the program after a success", async () => {
  const { code, stdout } = await runChild(program, { args: ["goOnAfter"] });

  assert.deepEqual({ code, stdout }, { code: 0, stdout: "after main\n" });
});

Deno.test("main() prints a failure once, with its task path, and ends with code 1", async () => {
  const { code, stderr } = await runChild(program, { args: ["fail"] });

  assert.equal(code, 1);
  assert.equal(
    stderr.match(/Task "main\/dial" failed: Error: no route/g)?.length,
    1,
  );
  assert.equal(stderr.match(/failed/g)?.length, 1);
});

Deno.test("main() prints every failure of a group", async () => {
  const { code, stderr } = await runChild(program, { args: ["failTwice"] });

  assert.equal(code, 1);
  assert.equal(
    stderr,
    'Task "main/a" failed: first\nTask "main/b" failed: second\n',
  );
});

Deno.test("main() prints who cancelled when nobody sent a signal", async () => {
  const { code, stderr } = await runChild(program, { args: ["aborted"] });

  assert.equal(code, 1);
  assert.match(stderr, /^Cancelled: scope "main" was cancelled by the host/);
  assert.match(stderr, /"closed"/);
});

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name:
      `main() cleans up after ${signal} and ends with code ${expected} (R67)`,
    ignore: !on,
    async fn() {
      const { code, stdout, stderr } = await stopped("wait", signal);

      assert.deepEqual({ code, stdout, stderr }, {
        code: expected,
        stdout: "ready\ncleaned up\n",
        stderr: "",
      });
    },
  });
}

Deno.test({
  name: "main() ends at once at a second signal (R67)",
  ignore: !on,
  async fn() {
    const { code, stdout } = await stopped(
      "cleanUpForEver",
      "SIGTERM",
      "SIGINT",
    );

    assert.deepEqual({ code, stdout }, {
      code: 130,
      stdout: "ready\ncleaning up\n",
    });
  },
});

Deno.test({
  name: "main() keeps the code of the signal when the body ends well",
  ignore: !on,
  async fn() {
    const { code, stdout } = await stopped("carryOn", "SIGINT");

    assert.deepEqual({ code, stdout }, {
      code: 130,
      stdout: "ready\nfinished all the same\n",
    });
  },
});

Deno.test({
  name: "main() prints a cleanup that fails after a signal, and who cancelled",
  ignore: !on,
  async fn() {
    const { code, stderr } = await stopped("failWhenStopped", "SIGINT");

    assert.equal(code, 130);
    assert.match(stderr, /Task "main" failed: broken cleanup/);
    assert.match(stderr, /Cancelled: .*"SIGINT"/);
  },
});

Deno.test("main() calls an `exit` that it is given with every code", async () => {
  const codes: number[] = [];
  const exit = ((code: number) => codes.push(code)) as (code: number) => never;

  await main(Effect.void, { exit });
  await silenced(() => main(Effect.fail("no route"), { exit }));
  await silenced(() =>
    main(sleepForever, { exit, signal: AbortSignal.abort() })
  );

  assert.deepEqual(codes, [0, 1, 1]);
});

/** Keeps the reports of a program that is meant to fail out of the test's output. */
async function silenced(body: () => Promise<void>): Promise<void> {
  const { error } = console;
  console.error = () => {};
  try {
    await body();
  } finally {
    console.error = error;
  }
}
