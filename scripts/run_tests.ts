// Runs the tests, and says at the end which cases and rules they name.
//
//     deno task test [path or flag of deno test]…
//
// Not called test.ts: Deno would take it for a test and run it, without end.

import { coverageText, testCases } from "./tally.ts";

const ROOT = new URL("../", import.meta.url);
const LIMIT_MS = 40 * 60_000;

// The tests write nowhere but here, and what they forget is removed with it.
const folder = Deno.makeTempDirSync({ prefix: "espalier-test-" });
const report = `${folder}/report.xml`;

const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    "test",
    "--no-prompt",
    "--permit-no-files",
    "--sanitize-ops",
    "--sanitize-resources",
    "--allow-read",
    "--allow-env",
    "--allow-run",
    `--allow-write=${folder}`,
    "--allow-net=127.0.0.1",
    `--junit-path=${report}`,
    ...Deno.args,
  ],
  cwd: ROOT,
  env: { TMPDIR: folder, TMP: folder, TEMP: folder },
  stdin: "null",
  // A test that waits for ever ends the run instead of holding up who runs it.
  signal: AbortSignal.timeout(LIMIT_MS),
}).spawn().status;

const tests = testCases(readReport());
Deno.removeSync(folder, { recursive: true });

const passed = tests.filter(({ result }) => result === "passed").length;
const failed = tests.filter(({ result }) => result === "failed").length;
console.log(coverageText(tests));
// A file that does not load fails the run without being a failed test.
console.log(
  `${passed} passed, ${success ? failed : Math.max(failed, 1)} failed`,
);
Deno.exit(success ? 0 : 1);

/** The report, or nothing where Deno did not come to write one. */
function readReport(): string {
  try {
    return Deno.readTextFileSync(report);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
