import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import {
  Future,
  now,
  nursery,
  onFuture,
  onReceive,
  onSend,
  onSleep,
  openMemoryChannel,
  select,
  sleep,
} from "espalier";
import { drain } from "../../channels/support/turns.ts";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("select() does exactly one thing, and the others leave no trace, whoever is cancelled (R14)", async () => {
  const ends = await outcomes(function* () {
    const [offer, offered] = openMemoryChannel<string>(1);
    const [ask, asked] = openMemoryChannel<string>(0);
    const { future, resolver } = Future.make<string>();
    const [done, answers, offers]: string[][] = [[], [], []];
    const note = (it: string) => Effect.sync(() => done!.push(it));
    const crowd = together({
      selects: select([
        onReceive(offered, note),
        onSend(ask, "sent", () => note("sent")),
        onFuture(future, note),
      ]),
      offers: Effect.sync(() => {
        offer.trySend("received");
        offers!.push("received");
      }),
      resolves: Effect.sync(() => resolver.succeed("resolved")),
      asks: Effect.ignore(
        Effect.map(asked.receive, (it) => answers!.push(it)),
      ),
    }, () => ask.close());
    yield* Random.withSeed(crowd, "same");
    assert.ok(done!.length <= 1, done!.join());
    const [did = "nothing"] = done!;
    assert.deepEqual(answers, did === "sent" ? ["sent"] : []);
    assert.deepEqual(drain(offered), did === "received" ? [] : offers);
    return did;
  }, { cancelEverywhere: true, atLeast: 1_000 });

  assert.deepEqual(ends, ["nothing", "received", "resolved", "sent"]);
});

Deno.test("select() is late only where no value came in time, whoever is cancelled (R14)", async () => {
  const ends = await outcomes(function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    let end = "cancelled";
    let isSent = false;
    yield* together({
      selects: select([
        onReceive(receive, (value) => Effect.sync(() => end = value)),
        onSleep(5, () => Effect.sync(() => end = "late")),
      ]),
      sends: Effect.map(sleep(1), () => {
        isSent = Result.isSuccess(send.trySend("in time"));
      }),
    });
    assert.equal(isSent, end === "in time");
    assert.equal(receive.statistics().waitingReceivers, 0);
    return `${end} at ${now()} ms`;
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 50 });

  assert.deepEqual(ends, [
    "cancelled at 1 ms",
    "in time at 1 ms",
    "late at 5 ms",
  ]);
});

Deno.test("two selects that offer and ask let the same thing happen on both sides, whoever is cancelled (R13, R14)", async () => {
  const ends = await outcomes(() => Random.withSeed(meeting(), "same"), {
    cancelEverywhere: true,
    atLeast: 50,
  });

  assert.deepEqual(ends, [
    "",
    "a was received, a was sent",
    "b was received, b was sent",
  ]);
});

function meeting(): Effect.Effect<string> {
  const [send, receive] = openMemoryChannel<string>(0);
  const trail: string[] = [];
  const both = (name: string) =>
    Effect.orDie(select([
      onSend(
        send,
        name,
        () => Effect.sync(() => trail.push(`${name} was sent`)),
      ),
      onReceive(
        receive,
        (value) => Effect.sync(() => trail.push(`${value} was received`)),
      ),
    ]));
  const crowd = nursery(function* (n) {
    const [a, b] = ["a", "b"].map((name) => n.startSoon(both(name), { name }));
    // Where one was cancelled the other waits for ever.
    const outcome = yield* Effect.raceFirst(a!.outcome, b!.outcome);
    if (outcome._tag === "Cancelled") n.cancelScope.cancel();
  }, { onCancelled: () => undefined });
  return Effect.map(crowd, () => {
    const { waitingSenders, waitingReceivers } = send.statistics();
    assert.equal(waitingSenders + waitingReceivers, 0);
    return trail.sort().join(", ");
  });
}
