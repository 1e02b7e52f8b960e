// Groups a CSV file by a column and takes the mean, without reading it whole.
//
// The loop cuts the file into blocks of whole lines, workers sum them up, and the
// loop adds the sums. Watch that the result is that of one pass over the whole
// text, and that the file is read on only when a worker is free: no more than a
// few blocks are in memory at any time.
//
//     deno run --allow-read --allow-write examples/08_frame_groupby.ts

import { fromPromise, main, mapConcurrent } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

type Sums = Record<string, { sum: number; count: number }>;

/** Stands on its own, so that it can go to a worker; the loop calls it too. */
function sumUp(block: string): Sums {
  const sums: Sums = {};
  for (const line of block.split("\n")) {
    const [key = "", value] = line.split(",");
    if (value === undefined) continue;
    const group = sums[key] ??= { sum: 0, count: 0 };
    group.sum += Number(value);
    group.count++;
  }
  return sums;
}

await main(function* () {
  const path = yield* fromPromise(() => Deno.makeTempFile({ suffix: ".csv" }));
  try {
    yield* fromPromise(() => Deno.writeTextFile(path, table(200_000)));
    const parts = yield* cpuScope((cpu) =>
      mapConcurrent(
        blocksOf(path),
        (block) => cpu.run(inline(sumUp), block),
        { concurrency: 2 },
      ), { workers: 2 });
    console.log(`${parts.length > 10 ? "many" : "few"} blocks`);
    const means = meansOf(parts);
    console.log(means);
    const text = yield* fromPromise(() => Deno.readTextFile(path));
    const naive = meansOf([sumUp(text)]);
    console.log("as in one pass:", Deno.inspect(naive) === Deno.inspect(means));
  } finally {
    yield* fromPromise(() => Deno.remove(path));
  }
});

function table(rows: number) {
  const cities = ["Lima", "Oslo", "Riga"];
  const line = (_: unknown, i: number) => `${cities[i % 3]},${i % 97}\n`;
  return Array.from({ length: rows }, line).join("");
}

/** Reads on only when the next block is asked for; each ends with a line. */
async function* blocksOf(path: string) {
  using file = await Deno.open(path);
  let rest = "";
  for await (
    const text of file.readable.pipeThrough(new TextDecoderStream())
  ) {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) yield rest + text.slice(0, end);
    rest = end > 0 ? text.slice(end) : rest + text;
  }
  if (rest !== "") yield rest;
}

function meansOf(parts: readonly Sums[]) {
  const all: Sums = {};
  for (const [key, { sum, count }] of parts.flatMap(Object.entries<Sums[""]>)) {
    const group = all[key] ??= { sum: 0, count: 0 };
    group.sum += sum;
    group.count += count;
  }
  return Object.fromEntries(
    Object.keys(all).sort().map((key) => [
      key,
      (all[key]!.sum / all[key]!.count).toFixed(4),
    ]),
  );
}

// Output:
// many blocks
// { Lima: "47.9969", Oslo: "47.9973", Riga: "47.9972" }
// as in one pass: true
