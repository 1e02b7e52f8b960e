// Keeps what belongs to one user on one worker, where it is still in memory.
//
// Watch that each user is loaded once, however often it is asked for.
//
//     deno run examples/keep_a_key_on_one_worker.ts

import { main } from "espalier";
import { affinity, cpuScope, inline } from "espalier/cpu";

const visit = inline((user: string) => {
  const scope = globalThis as { loaded?: Map<string, number> };
  const loaded = scope.loaded ??= new Map<string, number>();
  const visits = (loaded.get(user) ?? 0) + 1;
  loaded.set(user, visits);
  return visits;
});

await main(cpuScope(function* (cpu) {
  const users = ["ada", "bob", "cleo", "dan"];
  const last = new Map<string, number>();
  for (let round = 0; round < 5; round++) {
    for (const user of users) {
      last.set(user, yield* cpu.run(visit.with({ key: user }), user));
    }
  }
  for (const [user, visits] of last) {
    console.log(`${user}: visit ${visits}, loaded once`);
  }
}, { workers: 3, strategy: affinity }));

// Output:
// ada: visit 5, loaded once
// bob: visit 5, loaded once
// cleo: visit 5, loaded once
// dan: visit 5, loaded once
