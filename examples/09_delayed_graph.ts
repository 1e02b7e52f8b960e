// Describes a small graph of work first, prints it, and computes it afterwards.
//
// A node is a function with the nodes that it needs. Watch that the two squares
// are computed at the same time, on two workers, and the sum after both: the order
// follows from who needs whom, and is written nowhere.
//
//     deno run examples/09_delayed_graph.ts

import * as Effect from "effect/Effect";
import { gather, main, now } from "espalier";
import { type CpuError, type CpuScope, cpuScope, inline } from "espalier/cpu";

interface Node {
  readonly label: string;
  readonly needs: readonly Node[];
  run(cpu: CpuScope, inputs: number[]): Effect.Effect<number, CpuError>;
}

const slowSquare = inline((n: number) => {
  for (const end = Date.now() + 500; Date.now() < end;);
  return n * n;
});
const square = (n: number): Node => ({
  label: `square(${n})`,
  needs: [],
  run: (cpu) => cpu.run(slowSquare, n),
});
const sum = (...needs: Node[]): Node => ({
  label: "sum",
  needs,
  run: (_, inputs) => Effect.succeed(inputs.reduce((a, b) => a + b, 0)),
});

const total = sum(square(2), square(3));

await main(cpuScope(function* (cpu) {
  console.log(mermaid(total));
  yield* cpu.map(slowSquare, [0, 0], { chunk: 1 }); // starts both workers
  const start = now();
  console.log(yield* compute(total, cpu));
  const together = now() - start < 900;
  console.log(`the squares were computed ${together ? "together" : "in turn"}`);
}, { workers: 2 }));

/** Computes what a node needs, all at the same time, and then the node. */
function compute(node: Node, cpu: CpuScope): Effect.Effect<number, CpuError> {
  return Effect.flatMap(
    gather(node.needs.map((need) => compute(need, cpu))),
    (inputs) => node.run(cpu, inputs),
  );
}

function mermaid(node: Node): string {
  const edges = (node: Node): string[] =>
    node.needs.flatMap((need) => [
      ...edges(need),
      `  ${need.label} --> ${node.label}`,
    ]);
  return ["graph TD", ...edges(node)].join("\n");
}

// Output:
// graph TD
//   square(2) --> sum
//   square(3) --> sum
// 13
// the squares were computed together
