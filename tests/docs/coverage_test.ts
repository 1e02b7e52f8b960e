import assert from "node:assert/strict";
import { readTree } from "../architecture/_tree.ts";

const page = readTree(".md", "examples").get("examples/README.md")!;

// The programs and concepts that Espalier is to cover, by number.
const NUMBERS = Array.from({ length: 75 }, (_, index) => index + 1);

Deno.test("each of the 75 programs and concepts has its example, or is told as coming", () => {
  const [there = "", coming = ""] = page.split("| numbers");
  const examples = [...there.matchAll(/^\| (\d+) \|/gm)].map(([, it]) =>
    Number(it)
  );
  const promised = [...coming.matchAll(/^\| ([\d, ]+)\|/gm)].flatMap(([, it]) =>
    it!.split(",").map(Number)
  );

  // A number may have a second example.
  assert.deepEqual(
    [...new Set(examples), ...promised].toSorted((a, b) => a - b),
    NUMBERS,
  );
});

Deno.test("the eighteen programs have the names they are known by", () => {
  const names = [...page.matchAll(/^\| \d+ \| \[\w+\]\((\w+\.ts)\)/gm)]
    .map(([, it]) => it);

  const known = [
    "01_gather_fetch.ts",
    "02_thread_pool_futures.ts",
    "03_thread_create.ts",
    "04_process_create.ts",
    "05_coroutine_run.ts",
    "06_create_task.ts",
    "07_array_mean.ts",
    "08_frame_groupby.ts",
    "09_delayed_graph.ts",
    "10_thread_vs_fiber.ts",
    "11_process_args.ts",
    "12_two_threads_interleave.ts",
    "13_process_pool_map.ts",
    "14_countdown.ts",
    "15_join_all.ts",
    "16_pool_results.ts",
    "17_gather_results.ts",
    "18_race_x_plus_1.ts",
  ];
  assert.deepEqual(known.filter((it) => !names.includes(it)), []);
});
