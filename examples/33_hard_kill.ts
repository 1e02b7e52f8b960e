// Stops a regular expression that would take longer than the universe has left.
//
// Nothing inside it looks up, no flag is checked, no promise is waited for. Watch
// that the deadline is kept, that the scope says how the code was stopped, and
// that the next match runs as if nothing had been.
//
//     deno run examples/33_hard_kill.ts

import { main, moveOnAfter } from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";

const match = inline((pattern: string, text: string) =>
  new RegExp(pattern).test(text)
);
const evil = ["^(a+)+$", "a".repeat(60) + "!"] as const;

await main(cpuScope(function* (cpu) {
  yield* cpu.run(match, "^a+$", "a"); // starts the worker
  const none = yield* moveOnAfter("200 millis", cpu.run(match, ...evil));
  console.log("in time:", Option.isSome(none));
  console.log("killed:", cpu.statistics().stopped.killed);

  // A timeout of the task's own keeps its worker.
  const hurried = match.with({ timeout: 50, name: "match" });
  const late = yield* Effect.flip(cpu.run(hurried, ...evil));
  console.log(late.message);
  console.log("next:", yield* cpu.run(match, "^a+$", "aaa"));
}, { workers: 1 }));

// Output:
// in time: false
// killed: 1
// Cannot finish "match" within 50 ms
// next: true
