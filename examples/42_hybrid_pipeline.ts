// Fetches on the loop, parses on workers, writes on the loop, under one deadline.
//
// Each stage has what it needs: waiting costs the loop nothing, parsing has the
// cores. Watch that one scope around all three ends every part of it.
//
//     deno run examples/42_hybrid_pipeline.ts

import { failAfter, main, type Nursery, nursery, sleep } from "espalier";
import { openMemoryChannel } from "espalier/channels";
import { type CpuError, cpuScope, inline } from "espalier/cpu";
import * as Effect from "effect/Effect";

/** Stands for the network. */
function* fetchPage(id: number) {
  yield* sleep(5 + id % 3);
  return JSON.stringify({ id, words: Array(200).fill(`word${id}`) });
}

const countWords = inline((page: string) => {
  const { id, words } = JSON.parse(page) as { id: number; words: string[] };
  return { id, count: words.length, unique: new Set(words).size };
});

const pipeline = cpuScope(function* (cpu) {
  const written: number[] = [];
  yield* nursery(function* (n: Nursery<CpuError>) {
    const [pages, incoming] = openMemoryChannel<string>(4);
    const [results, done] = openMemoryChannel<{ id: number }>(4);

    n.startSoon(function* () {
      for (let id = 1; id <= 12; id++) {
        yield* Effect.orDie(pages.send(yield* fetchPage(id)));
      }
      pages.close();
    });
    for (let worker = 0; worker < 2; worker++) {
      const [mine, out] = [incoming.clone(), results.clone()];
      n.startSoon(function* () {
        yield* Effect.catchTag(
          mine.forEach(function* (page) {
            yield* Effect.orDie(out.send(yield* cpu.run(countWords, page)));
          }),
          "ChannelClosed",
          Effect.die,
        );
        out.close();
      });
    }
    incoming.close();
    results.close();
    yield* Effect.orDie(
      done.forEach(({ id }) => Effect.sync(() => written.push(id))),
    );
  });
  return written.sort((a, b) => a - b);
});

await main(function* () {
  console.log("written:", (yield* failAfter("10 seconds", pipeline)).join(" "));
});

// Output:
// written: 1 2 3 4 5 6 7 8 9 10 11 12
