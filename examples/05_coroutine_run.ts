// Runs one coroutine as a whole program.
//
// `main` starts it and ends the process with its exit code: 0, 1 after a failure,
// 130 after Ctrl-C. Press Ctrl-C while Alice waits, and watch that her `finally`
// block runs before the process ends.
//
//     deno run examples/05_coroutine_run.ts
//
// Virtual: 1s

import { main, sleep } from "espalier";

await main(() => greet("Alice"));

function* greet(name: string) {
  try {
    console.log(`Hello, ${name}`);
    yield* sleep("1 second");
    console.log(`Goodbye, ${name}`);
  } finally {
    console.log(`${name} has left`);
  }
}

// Output:
// Hello, Alice
// Goodbye, Alice
// Alice has left
