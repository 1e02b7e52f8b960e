// Runs tests/std, the tests beside @std/async and @std/testing, where these
// resolve: from JSR, or from a checkout of denoland/std named by ESPALIER_STD.
//
//     deno task test:std

import { stdConfig } from "./std_config.ts";

const ROOT = new URL("../", import.meta.url);
/** A network that swallows packets is one where JSR is not to be reached. */
const PROBE_MS = 30_000;

const folder = Deno.makeTempDirSync({ prefix: "espalier-std-" });
try {
  Deno.exitCode = await testStd(`${folder}/deno.json`);
} finally {
  Deno.removeSync(folder, { recursive: true });
}

/** Runs the tests if they resolve; answers the exit code. */
async function testStd(config: string): Promise<number> {
  const checkout = Deno.env.get("ESPALIER_STD");
  Deno.writeTextFileSync(
    config,
    JSON.stringify(stdConfig(ROOT, checkout ? folderUrl(checkout) : undefined)),
  );
  const files = [...testFiles(new URL("tests/std/", ROOT))];
  if (files.length === 0) {
    console.log("tests/std not run: there are none");
    return 0;
  }
  // No lock: what is resolved here is nobody else's dependency.
  const options = ["--quiet", "--no-lock", `--config=${config}`];
  const probe = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      ...options,
      'import "@std/async"; import "@std/testing/time"',
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(PROBE_MS),
  }).output();
  if (!probe.success) {
    const why = new TextDecoder().decode(probe.stderr).match(/error: (.*)/)
      ?.[1];
    console.log(
      `tests/std not run: @std does not resolve here: ${why ?? "no answer"}`,
    );
    return 0;
  }
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      ...options,
      "--no-prompt",
      "--sanitize-ops",
      "--sanitize-resources",
      "--allow-read",
      "--allow-env",
      ...files,
    ],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  return code;
}

/** Lists the test files under a folder, which may not be there. */
function* testFiles(folder: URL): Generator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* testFiles(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield new URL(name, folder).href;
  }
}

/** The URL of a folder given as a path, relative to where the task was called. */
function folderUrl(path: string): URL {
  return new URL(`${path.replace(/\/$/, "")}/`, `file://${Deno.cwd()}/`);
}
