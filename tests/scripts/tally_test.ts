import assert from "node:assert/strict";
import { coverageText, type TestCase, testCases } from "../../scripts/tally.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.010">
  <testsuite name="./tests/a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="a &lt;b&gt; &quot;c&quot; &amp; &apos;d&apos;" classname="./a.ts" time="0.003" line="1" col="6">
    </testcase>
    <testcase name="skips" classname="./a.ts" time="0.000" line="2" col="6">
      <skipped/>
    </testcase>
    <testcase name="fails" classname="./a.ts" time="0.000" line="3" col="6">
      <failure message="no">Error: &lt;/testcase&gt;</failure>
    </testcase>
    <testcase name="short" classname="./a.ts" time="0.000" line="3" col="6"/>
  </testsuite>
</testsuites>`;

const passed = (...names: string[]): TestCase[] =>
  names.map((name) => ({ name, result: "passed" }));

Deno.test("testCases() reads names and results", () => {
  assert.deepEqual(testCases(REPORT), [
    { name: `a <b> "c" & 'd'`, result: "passed" },
    { name: "skips", result: "skipped" },
    { name: "fails", result: "failed" },
    { name: "short", result: "passed" },
  ]);
  assert.deepEqual(testCases(""), []);
});

Deno.test("coverageText() counts each case once, by section", () => {
  const text = coverageText(
    passed("a (C001)", "b (R3, C009)", "c (C010)", "d (C001)", "e (C120)"),
  );

  assert.match(
    text,
    /cases named by passing tests: 4 \(A 2, B 1, C 0,.* K 1\)/,
  );
});

Deno.test("coverageText() counts rules, ranges written out", () => {
  const text = coverageText(passed("a (R12 to R15)", "b (R3, R12)", "c R2D2"));

  assert.match(text, /rules named by passing tests: 5$/);
});

Deno.test("coverageText() counts no test that failed or was skipped", () => {
  const text = coverageText([
    { name: "a (C001, R1)", result: "failed" },
    { name: "b (C002, R2)", result: "skipped" },
  ]);

  assert.match(text, /cases named by passing tests: 0/);
  assert.match(text, /rules named by passing tests: 0/);
});
