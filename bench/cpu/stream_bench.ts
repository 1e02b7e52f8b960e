// What does an item of a stream from another thread cost?
//
//     deno run -A --lock=bench/deno.lock bench/cpu/stream_bench.ts

import * as Effect from "effect/Effect";
import { inline } from "espalier/cpu";
import { note, table } from "../harness.ts";
import { OpenScope } from "./_open_scope.ts";

const ITEMS = 200_000;

const numbers = inline(function* (to: number) {
  for (let n = 0; n < to; n++) yield { n, twice: 2 * n };
});
const source = `
  self.onmessage = ({ data: to }) => {
    for (let n = 0; n < to; n++) self.postMessage({ n, twice: 2 * n });
    self.postMessage("end");
  };`;
const worker = new Worker(
  `data:text/javascript,${encodeURIComponent(source)}`,
  { type: "module" },
);
const open = new OpenScope(1);

await table("a stream of 200,000 items", [
  { name: "raw postMessage, no back-pressure", ops: ITEMS, run: byMessages },
  {
    name: "Espalier, stream, with back-pressure",
    ops: ITEMS,
    run: () =>
      open.call((cpu) =>
        Effect.scoped(Effect.flatMap(
          cpu.stream(numbers, ITEMS),
          (stream) => stream.forEach(() => Effect.void),
        ))
      ),
  },
], { rounds: 3 });
note("None of the pools of npm has a stream from a worker.");
Deno.exit(0);

function byMessages(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }) => {
    if (data === "end") resolve();
  };
  worker.postMessage(ITEMS);
  return promise;
}
