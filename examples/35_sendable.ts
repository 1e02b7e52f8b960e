// Shows what may cross to another thread: copied, moved, shared, or refused.
//
// Threads share nothing by themselves, so nothing needs a lock by itself. Watch
// that a copy leaves the original alone, that what was moved is gone here, that
// what is shared is made for it, and that what cannot cross is refused: by the
// compiler where it can see it, else before it leaves, with the path to it.
//
//     deno run examples/35_sendable.ts

import * as Effect from "effect/Effect";
import { main } from "espalier";
import { cpuScope, inline, move, SharedCounter } from "espalier/cpu";
import type { SharedCounter as FarCounter } from "espalier/cpu/worker";

const fill = inline((bytes: Uint8Array) => bytes.fill(1).length);
const count = inline((counter: FarCounter) => counter.add(1));
const call = inline((back: () => void) => back());
const anything = inline((_: unknown) => "arrived");

class Account {
  constructor(readonly owner: string) {}
}

await main(cpuScope(function* (cpu) {
  const bytes = new Uint8Array(4);
  yield* cpu.run(fill, bytes);
  console.log(`copied: ${bytes}`);

  yield* cpu.run(fill, move(bytes, bytes.buffer));
  console.log(`moved: ${bytes.length} bytes are left`);

  const counter = new SharedCounter();
  for (let i = 0; i < 3; i++) yield* cpu.run(count, counter);
  console.log(`shared: ${counter.value}`);

  // @ts-expect-error a function cannot cross
  const compiled = cpu.run(call, () => {});
  for (
    const refused of [
      compiled,
      cpu.run(anything, { accounts: [new Account("anna")] }),
    ]
  ) {
    console.log(`refused: ${(yield* Effect.flip(refused)).message}`);
  }
}, { workers: 1 }));

// Output:
// copied: 0,0,0,0
// moved: 0 bytes are left
// shared: 3
// refused: Cannot send args[0] to another thread: it is a function
// refused: Cannot send args[0].accounts[0] to another thread: it is an instance of Account
