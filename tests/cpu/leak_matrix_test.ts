import assert from "node:assert/strict";

// What the platform will not stop at once is told, holds nothing else up, and
// does not keep the process from ending. In a process of its own, for the sake
// of the tests that follow.

Deno.test("stop() tells what leaks and what dies late; others go on and the process ends", async () => {
  const fixture = new URL("../fixtures/cpu/ok_leaks.ts", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--no-prompt", fixture.href],
    stdin: "null",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const told = JSON.parse(new TextDecoder().decode(stdout));

  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(stderr), "");
  const filling = told["array-filling loop"];
  assert.equal(filling.ending, "leaked");
  assert.equal(filling.late, "never");
  const native = told["long native call"];
  assert.equal(native.ending, "leaked");
  assert.equal(native.late, "killed");
  for (const { took, next } of [filling, native]) {
    assert(took < 1000, `${took} ms`);
    assert.equal(next, 2);
  }
});
