// Runs tests/std, the tests beside @std/async and @std/testing, where these
// resolve: from JSR, or from a checkout of denoland/std named by ESPALIER_STD.
//
//     deno task test:std

import { stdConfig } from "./std_config.ts";
import { testCases } from "./tally.ts";

const ROOT = new URL("../", import.meta.url);
/** A network that swallows packets is one where JSR is not to be reached. */
const PROBE_MS = 30_000;
/** A test that waits for ever ends the run instead of holding up who runs it. */
const LIMIT_MS = 10 * 60_000;

const folder = Deno.makeTempDirSync({ prefix: "espalier-std-" });
try {
  Deno.exitCode = await testStd(folder);
} finally {
  Deno.removeSync(folder, { recursive: true });
}

/** Runs the tests if they resolve; answers the exit code. */
async function testStd(folder: string): Promise<number> {
  const checkout = Deno.env.get("ESPALIER_STD");
  const config = `${folder}/deno.json`;
  const report = `${folder}/report.xml`;
  try {
    const linked = checkout ? folderUrl(checkout) : undefined;
    Deno.writeTextFileSync(config, JSON.stringify(stdConfig(ROOT, linked)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return notRun(`there is no checkout at ${checkout}`);
  }
  // No lock: what is resolved here is nobody else's dependency.
  const options = ["--quiet", "--no-lock", `--config=${config}`];
  const missing = await whatIsMissing(options);
  if (missing !== undefined) {
    return notRun(`@std does not resolve here: ${missing}`);
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      ...options,
      "--no-prompt",
      "--sanitize-ops",
      "--sanitize-resources",
      "--allow-read",
      "--allow-env",
      `--junit-path=${report}`,
      ...testFiles(new URL("tests/std/", ROOT)),
    ],
    cwd: ROOT,
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).spawn().status;
  console.log(countText(report, success));
  return success ? 0 : 1;
}

/** Says why there is nothing to be said about `@std`, which is no failure. */
function notRun(why: string): number {
  console.log(`tests/std not run: ${why}`);
  return 0;
}

/** What keeps `@std` from resolving; `undefined` where nothing does. */
async function whatIsMissing(
  options: readonly string[],
): Promise<string | undefined> {
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
  if (probe.success) return undefined;
  const said = new TextDecoder().decode(probe.stderr);
  return said.match(/error: (.*)/)?.[1] ?? "no answer";
}

/** The last line, as the tests beside these end with. */
function countText(report: string, success: boolean): string {
  const results = testCases(readReport(report)).map(({ result }) => result);
  const failed = results.filter((it) => it === "failed").length;
  const passed = results.filter((it) => it === "passed").length;
  // A file that does not load fails the run without being a failed test.
  return `${passed} passed, ${success ? failed : Math.max(failed, 1)} failed`;
}

/** The report, or nothing where Deno did not come to write one. */
function readReport(report: string): string {
  try {
    return Deno.readTextFileSync(report);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Lists the test files under a folder. */
function* testFiles(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* testFiles(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield new URL(name, folder).href;
  }
}

/** The URL of a folder given as a path, relative to where the task was called. */
function folderUrl(path: string): URL {
  return new URL(`${path.replace(/\/$/, "")}/`, `file://${Deno.cwd()}/`);
}
