// Waits for whichever comes first: a call, a free line, or closing time.
//
// Watch that exactly one thing happens each time: a line that was not taken is
// still there, a caller who was not answered is still waiting, and closing time
// counts from the moment at which the clerk begins to wait.
//
//     deno run examples/select_with_timeout.ts
//
// Virtual: 60ms

import {
  main,
  nursery,
  onReceive,
  onSend,
  onSleep,
  openMemoryChannel,
  select,
  sleep,
} from "espalier";
import * as Effect from "effect/Effect";

await main(nursery(function* (n) {
  const [ring, calls] = openMemoryChannel<string>(0, { name: "calls" });
  const [lend, lines] = openMemoryChannel<number>(0, { name: "lines" });

  n.startSoon(function* () {
    yield* sleep(10);
    yield* Effect.orDie(ring.send("Ada"));
    yield* sleep(10);
    const line = yield* Effect.orDie(lines.receive);
    console.log(`the florist calls out on line ${line}`);
  });

  for (let open = true, line = 1; open;) {
    open = yield* Effect.orDie(select([
      onReceive(calls, function* (caller) {
        yield* sleep(5);
        console.log(`${caller} was answered`);
        return true;
      }),
      onSend(lend, line, () => {
        console.log(`line ${line++} was lent`);
        return Effect.succeed(true);
      }),
      onSleep("40 millis", () => {
        console.log("nobody wants anything: closing");
        return Effect.succeed(false);
      }),
    ]));
  }
  const { waitingReceivers, waitingSenders } = calls.statistics();
  console.log(`left behind: ${waitingReceivers + waitingSenders}`);
}));

// Output:
// Ada was answered
// line 1 was lent
// the florist calls out on line 1
// nobody wants anything: closing
// left behind: 0
