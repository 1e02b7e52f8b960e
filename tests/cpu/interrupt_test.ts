import assert from "node:assert/strict";
import { pause } from "./support/until.ts";

// A signal to a process of its own, while all its cores are busy.

// /proc tells when they are.
const on = Deno.build.os === "linux";

Deno.test({
  name:
    "Ctrl-C ends the count of primes on every core at once, with code 130 and nothing said (R67)",
  ignore: !on,
  async fn() {
    const example = new URL(
      "../../examples/11_count_primes_on_every_core.ts",
      import.meta.url,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--quiet", "--no-prompt", example.href],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(60_000),
    }).spawn();
    await untilBusy(child.pid);

    child.kill("SIGINT");
    const { code, signal, stdout, stderr } = await child.output();

    const text = new TextDecoder();
    assert.deepEqual(
      { code, signal, out: text.decode(stdout), err: text.decode(stderr) },
      { code: 130, signal: null, out: "", err: "" },
    );
  },
});

/** Waits until a spare is made, which is when tasks have run for a while. */
async function untilBusy(pid: number): Promise<void> {
  const start = performance.now();
  while (await workersOf(pid) <= navigator.hardwareConcurrency) {
    assert(performance.now() - start < 20_000, "no task runs");
    await pause(10);
  }
}

async function workersOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("find", {
    args: [`/proc/${pid}/task`, "-name", "comm", "-exec", "cat", "{}", "+"],
  }).output();
  return new TextDecoder().decode(stdout).match(/^worker-/gm)?.length ?? 0;
}
