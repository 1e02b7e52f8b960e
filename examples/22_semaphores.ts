// Lets so many tasks in at a time, with a semaphore and with a capacity limiter.
//
// Watch that six downloads of a second take three seconds, two at a time; that a
// limiter knows who has its tokens and can be given more while tasks wait; and
// that a limiter for each host keeps a slow host from holding up the others.
//
//     deno run examples/22_semaphores.ts
//
// Virtual: 10s

import { CapacityLimiter, gather, main, now } from "espalier";
import { nursery, Semaphore, sleep } from "espalier";

await main(function* () {
  const downloads = new Semaphore(2, { name: "downloads" });
  const download = downloads.withPermit(sleep("1 second"));
  yield* gather(Array.from({ length: 6 }, () => download));
  console.log(`downloaded after ${now() / 1000} s`);

  const desks = new CapacityLimiter(1, { name: "desks" });
  yield* nursery(function* (n) {
    for (const guest of ["Ada", "Grace", "Edsger"]) {
      n.startSoon(function* () {
        yield* desks.acquireOnBehalfOf(guest);
        yield* sleep("2 seconds");
        desks.releaseOnBehalfOf(guest);
      });
    }
    yield* sleep("1 second");
    console.log("at a desk:", desks.statistics().borrowers);
    desks.total = 2;
    console.log("with two desks:", desks.statistics().borrowers);
  });

  const hosts = { slow: new CapacityLimiter(1), quick: new CapacityLimiter(1) };
  const start = now();
  const ask = (host: "slow" | "quick", seconds: number) =>
    hosts[host].withToken(function* () {
      yield* sleep(seconds * 1000);
      console.log(`${host} answered after ${(now() - start) / 1000} s`);
    });
  yield* gather([ask("slow", 2), ask("quick", 1), ask("slow", 1)]);
});

// Output:
// downloaded after 3 s
// at a desk: [ "Ada" ]
// with two desks: [ "Ada", "Grace" ]
// quick answered after 1 s
// slow answered after 2 s
// slow answered after 3 s
