// Gives a task no more memory than it should have.
//
// Watch that the one that eats without end fails with a typed error, that the host
// and the next task live on, and that the limit is the worker's and not the host's.
//
//     deno run examples/74_memory_limit.ts
//
// Limit: 60s

import * as Effect from "effect/Effect";
import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const eat = inline((rounds: number) => {
  const kept: string[] = [];
  for (let i = 0; i < rounds; i++) kept.push(`${i}`.repeat(20));
  return kept.length;
});

await main(cpuScope(function* (cpu) {
  const tooMuch = cpu.run(eat, Infinity);
  console.log((yield* Effect.flip(tooMuch))._tag);
  console.log(`the next task ate ${yield* cpu.run(eat, 100)} rounds`);
}, { workers: 1, memoryLimit: 64 }));

// Output:
// WorkerOutOfMemory
// the next task ate 100 rounds
