import assert from "node:assert/strict";

// In a process of its own, which has to end by itself.

Deno.test("a run whose code cannot be stopped ends as leaked, loudly; the pool and the process go on", async () => {
  const { code, stdout, stderr } = await program("ok_scope_leaks.ts");
  const told = JSON.parse(stdout);

  assert.equal(code, 0);
  assert.equal(told.isNone, true);
  assert(told.took < 6000, `${told.took} ms`);
  assert.equal(told.next, 1);
  assert.equal(told.leaked, 1);
  assert.deepEqual(told.states.toSorted(), ["idle", "leaked"]);
  assert(["killed", "leaked"].includes(told.late), told.late);
  assert.equal(told.after, 1);
  assert.match(stderr, /Cannot stop "fill" on worker 0 of "cpuScope"/);
});

Deno.test("a process stays alive for its tasks, and ends although workers idle", async () => {
  const { code, stdout, stderr } = await program("ok_scope_alive.ts");

  assert.deepEqual([code, stdout, stderr], [0, "slow: 7\n", ""]);
});

async function program(name: string) {
  const url = new URL(`../fixtures/cpu/${name}`, import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--no-prompt", url.href],
    stdin: "null",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
