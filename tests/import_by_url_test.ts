import assert from "node:assert/strict";
import { readTree } from "./architecture/_tree.ts";

const PROGRAM = `
import { moveOnAfter, nursery, run, sleep, sleepForever } from "ORIGIN/mod.ts";

const trail: string[] = [];
const answer = await run(moveOnAfter("20 millis", () =>
  nursery(function* (n) {
    n.startSoon(function* () {
      try {
        yield* sleepForever;
      } finally {
        trail.push("cleaned up");
      }
    });
    yield* sleep("1 millis");
    trail.push("waited");
  })));
console.log(answer._tag, trail.join(", "));
`;

Deno.test("mod.ts runs a nursery with a deadline when imported by URL, with no permission but to import", async () => {
  const { stdout, stderr } = await runByUrl(PROGRAM);

  assert.equal(stderr, "");
  assert.equal(stdout, "None waited, cleaned up\n");
});

const CPU_PROGRAM = `
import { moveOnAfter, run } from "ORIGIN/mod.ts";
import { cpuScope, inline, workerModule } from "ORIGIN/src/cpu/mod.ts";

const square = inline((n: number) => n * n);
const spin = inline((): never => {
  for (;;);
});
const address = "ORIGIN/src/cpu/worker/mod.ts";
const remote = workerModule<typeof import("ORIGIN/src/cpu/worker/mod.ts")>(address);

const told = await run(cpuScope(function* (cpu) {
  const squares = yield* cpu.map(square, [1, 2, 3]);
  const late = yield* moveOnAfter("50 millis", cpu.run(spin));
  const asked = yield* cpu.run(remote.cancelRequested);
  const { leaked } = cpu.statistics().stopped;
  return [...squares, late._tag, asked, leaked];
}, { workers: 2, grace: "10 millis" }));
console.log(told.join(", "));
`;

Deno.test("cpuScope() runs, loads and stops tasks when imported by URL, with no permission but to import", async () => {
  const { stdout, stderr } = await runByUrl(CPU_PROGRAM);

  assert.equal(stderr, "");
  assert.equal(stdout, "1, 4, 9, None, false, 0\n");
});

Deno.test("every entry can be imported by URL, without a configuration", async () => {
  const entries = [...readTree("/mod.ts", "src").keys()];
  const imports = entries.map((entry, at) =>
    `import * as entry${at} from "ORIGIN/${entry}";\nconsole.log(Object.keys(entry${at}).length > 0);`
  );

  const { stdout, stderr } = await runByUrl(imports.join("\n"));

  assert.equal(stderr, "");
  assert.equal(stdout, "true\n".repeat(entries.length));
});

Deno.test("a program that imports by URL something that is not there fails", async () => {
  const { stderr } = await runByUrl(`import "ORIGIN/src/nowhere.ts";`);

  assert.match(stderr, /Cannot find module 'http:.*nowhere\.ts'/);
});

/**
 * Serves the working tree as a plain file server would, and runs a program that
 * imports from it in an empty folder of its own.
 */
async function runByUrl(
  program: string,
): Promise<{ stdout: string; stderr: string }> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    serveSource,
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const folder = Deno.makeTempDirSync({ prefix: "espalier-by-url-" });
  try {
    Deno.writeTextFileSync(
      `${folder}/program.ts`,
      program.replaceAll("ORIGIN", `http://${host}`),
    );
    const output = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--check",
        "--no-prompt",
        "--no-config",
        "--no-lock",
        // A port may have served an older tree before.
        `--reload=http://${host}`,
        `--allow-import=${host}`,
        "program.ts",
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    const decoder = new TextDecoder();
    return {
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Answers what ships, as `text/plain`, and nothing else. */
async function serveSource(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(1);
  const source = readTree(".ts", "mod.ts", "src").get(path);
  await request.body?.cancel();
  return source === undefined
    ? new Response("not here", { status: 404 })
    : new Response(source, { headers: { "content-type": "text/plain" } });
}
