import assert from "node:assert/strict";
import { tableText } from "../../bench/_print.ts";

const row = (name: string, median: number, ratio: number) => ({
  name,
  median,
  ratio,
  low: median * 0.9,
  high: median * 1.1,
  samples: 5,
});

Deno.test("tableText() aligns the columns and scales the amounts", () => {
  const text = tableText("ns", [row("base", 250, 1), row("much", 5e6, 20_000)]);

  assert.equal(
    text,
    [
      "        median  spread    ratio",
      "  base  250 ns   ±10 %    1.00×",
      "  much    5 ms   ±10 %  20,000×",
    ].join("\n"),
  );
});

Deno.test("tableText() says why a row has no numbers, in a column of its own", () => {
  const failed = { ...row("hangs", NaN, NaN), failure: "no answer within 1 s" };

  const text = tableText("bytes", [row("base", 2048, 1), failed]);

  assert.equal(
    text,
    [
      "          median  spread  ratio",
      "  base   2.05 kB   ±10 %  1.00×",
      "  hangs  [no answer within 1 s]",
    ].join("\n"),
  );
});

Deno.test("tableText() leaves out the spread and ratio of an amount of zero", () => {
  const text = tableText("times", [row("none", 0, NaN)]);

  assert.match(text, /none\s+0 times$/);
});
