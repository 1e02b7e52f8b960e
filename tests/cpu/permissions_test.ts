import assert from "node:assert/strict";

const fixtures = new URL("../fixtures/cpu/", import.meta.url);

Deno.test("inline tasks need no permission; a module says which flag it lacks", async () => {
  const { code, stdout, stderr } = await run([]);
  const told = JSON.parse(stdout);
  const path = decodeURIComponent(new URL("tasks.ts", fixtures).pathname);

  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.deepEqual(told.inline, { value: 49 });
  assert.equal(told.file.fault.missing, "permission");
  assert.equal(told.file.fault.detail, `it needs --allow-read=${path}`);
  assert.equal(told.host.fault.missing, "permission");
  assert.equal(
    told.host.fault.detail,
    "it needs --allow-import=a.example",
  );
  assert.equal(told.ending, "exited");
});

Deno.test("a module that imports what may not be read says which flag that lacks", async () => {
  const path = decodeURIComponent(new URL("tasks.ts", fixtures).pathname);
  const { stdout } = await run([`--allow-read=${path}`]);

  const { missing, detail } = JSON.parse(stdout).file.fault;
  assert.equal(missing, "permission");
  assert.match(detail, /^it needs --allow-read=.*\/src\/cpu\/worker\/mod\.ts$/);
});

Deno.test("--allow-read is all that a task module on disk needs", async () => {
  const { stdout } = await run(["--allow-read"]);

  assert.deepEqual(JSON.parse(stdout).file, { value: 2 });
});

Deno.test("cpuScope() needs no permission for inline tasks, whatever they do", async () => {
  const { code, stdout, stderr } = await run([], "ok_scope_no_permission.ts");
  const path = decodeURIComponent(new URL("tasks.ts", fixtures).pathname);

  assert.equal(stderr, "");
  assert.equal(code, 0);
  const { onDisk, ...told } = JSON.parse(stdout);
  assert.deepEqual(told, {
    run: 49,
    map: [1, 4, 9],
    moved: 3,
    cancelled: "None",
    late: "DeadlineExceeded",
    host: "loop",
    progress: [1],
    got: [0, 1, 2],
    counter: 2,
    leaked: 0,
  });
  assert.match(onDisk, /needs --allow-read=/);
  assert(onDisk.includes(path), onDisk);
});

async function run(
  flags: readonly string[],
  program = "ok_no_permission.ts",
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--quiet",
      "--no-prompt",
      ...flags,
      new URL(program, fixtures).href,
    ],
    stdin: "null",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
