// Connects to a name that has many addresses, as browsers do: staggered, and the
// first to answer wins.
//
// Watch that a slow attempt is not given up when the next one begins, that one
// that fails lets the next begin at once, and that the losers hang up before the
// program goes on. The network is made up, and its clock jumps.
//
//     deno run examples/39_happy_eyeballs.ts
//
// Virtual: 700ms

import * as Effect from "effect/Effect";
import { Event, main, moveOnAfter, now, race, sleep } from "espalier";

const network: Record<string, { ms: number; refuses?: boolean }> = {
  "2001:db8::1": { ms: 10_000 },
  "192.0.2.1": { ms: 50 },
  "192.0.2.8": { ms: 40, refuses: true },
  "192.0.2.9": { ms: 30, refuses: true },
};

await main(function* () {
  const name = connect(["2001:db8::1", "192.0.2.9", "192.0.2.1"]);
  yield* say(`connected to ${yield* name}`);

  const exit = yield* Effect.exit(connect(["192.0.2.9", "192.0.2.8"]));
  if (exit._tag === "Failure") {
    for (const reason of exit.cause.reasons) {
      if (reason._tag === "Fail") yield* say(reason.error);
    }
  }

  const late = yield* moveOnAfter("300 millis", connect(["2001:db8::1"]));
  yield* say(`in time? ${late._tag === "Some"}`);
});

/** Races the first address against the others, which wait for their turn. */
function connect(
  [address, ...others]: readonly string[],
): Effect.Effect<string, string> {
  if (others.length === 0) return dial(address!);
  const failed = new Event();
  const first = Effect.tapError(
    dial(address!),
    () => Effect.sync(() => failed.set()),
  );
  const next = Effect.andThen(
    moveOnAfter("250 millis", failed.wait),
    connect(others),
  );
  return race([first, next]);
}

function dial(address: string) {
  const { ms, refuses } = network[address]!;
  const answer = refuses
    ? Effect.fail(`${address} refuses`)
    : Effect.succeed(address);
  return Effect.onInterrupt(
    Effect.andThen(
      say(`dialing ${address}`),
      Effect.andThen(sleep(ms), answer),
    ),
    () => say(`hung up on ${address}`),
  );
}

function say(what: string) {
  return Effect.sync(() => console.log(`${Math.round(now())} ms: ${what}`));
}

// Output:
// 0 ms: dialing 2001:db8::1
// 250 ms: dialing 192.0.2.9
// 280 ms: dialing 192.0.2.1
// 330 ms: hung up on 2001:db8::1
// 330 ms: connected to 192.0.2.1
// 330 ms: dialing 192.0.2.9
// 360 ms: dialing 192.0.2.8
// 400 ms: 192.0.2.9 refuses
// 400 ms: 192.0.2.8 refuses
// 400 ms: dialing 2001:db8::1
// 700 ms: hung up on 2001:db8::1
// 700 ms: in time? false
