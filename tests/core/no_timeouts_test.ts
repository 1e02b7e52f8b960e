import assert from "node:assert/strict";
import { withoutComments } from "../architecture/_imports.ts";
import { readTree } from "../architecture/_tree.ts";

/** What a timeout is written like, as an option or as a parameter. */
const TIMEOUT =
  /\b(timeout|deadline|within)\w*\??:\s*(Duration\.Input|number)/i;

/** Where a time limit is what it is all about. */
const LIMITS: readonly string[] = [
  "src/core/_deadline_scope.ts",
  "src/core/cancel_reason.ts",
  "src/core/cancel_scope.ts",
  "src/core/clock.ts",
  "src/core/duration.ts",
  "src/core/shield.ts",
  "src/core/timeouts.ts",
];

function filesWithTimeouts(sources: ReadonlyMap<string, string>): string[] {
  return [...sources]
    .filter(([, text]) => TIMEOUT.test(withoutComments(text)))
    .map(([path]) => path);
}

Deno.test("nothing that waits takes a timeout: a scope around it does (R45)", () => {
  const rooms = ["core", "sync", "channels", "combinators", "interop"];
  const sources = readTree(".ts", ...rooms.map((room) => `src/${room}`));
  assert(sources.size > 50, "there is something to look at");
  assert.deepEqual(
    filesWithTimeouts(sources).filter((it) => !LIMITS.includes(it)),
    [],
  );
  assert.deepEqual(
    filesWithTimeouts(
      new Map([
        ["a.ts", "acquire(options?: { timeout?: Duration.Input }): void;"],
        ["b.ts", "/** deadline: number */ acquire(): void;"],
        ["c.ts", "receive(timeoutMs: number): void;"],
      ]),
    ),
    ["a.ts", "c.ts"],
  );
});
