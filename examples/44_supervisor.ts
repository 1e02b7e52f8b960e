// Restarts work whose worker fails, loops for ever, or dies; the host lives on.
//
// Watch that each of them ends as a typed failure that says what happened, that
// the next attempt runs on a healthy worker, and that the supervisor is nothing
// but a retry: `Effect.retry` with a schedule and a limit.
//
//     deno run examples/44_supervisor.ts

import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const flaky = inline((attempt: number) => {
  if (attempt === 1) throw new Error("no luck");
  if (attempt === 2) { for (;;); }
  if (attempt === 3) Deno.exit(3);
  return "done";
});

await main(cpuScope(function* (cpu) {
  let attempt = 0;
  const supervised = Effect.suspend(() =>
    cpu.run(flaky.with({ timeout: "300 millis" }), ++attempt)
  ).pipe(
    Effect.tapError((error) =>
      Effect.sync(() => console.log(`attempt ${attempt}: ${error._tag}`))
    ),
    Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 5 }),
  );
  const answer = yield* supervised;
  console.log(`attempt ${attempt}: ${answer}`);
}, { workers: 1 }));

// Output:
// attempt 1: TaskFailed
// attempt 2: DeadlineExceeded
// attempt 3: WorkerCrashed
// attempt 4: done
