import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { openFallibleChannel } from "espalier";
import { outcomes } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("a failure comes after what was sent before it, to everybody, whoever is cancelled (R53)", async () => {
  const ends = await outcomes(function* () {
    const [send, receive] = openFallibleChannel<string, "disk full">(1);
    const trail: string[] = [];
    yield* together({
      producer: Effect.ensuring(
        Effect.ignore(send.send("page")),
        Effect.sync(() => send.fail("disk full")),
      ),
      ...each("ab", () =>
        Effect.match(receive.receive, {
          onSuccess: (value) => trail.push(value),
          onFailure: (error) => trail.push(String(error)),
        })),
    });
    const { waitingReceivers, buffered } = send.statistics();
    assert.equal(waitingReceivers, 0);
    assert.ok(buffered === 0 || trail.length < 2, "kept from a receiver");
    return trail.join(", ");
  }, { cancelEverywhere: true, atLeast: 50 });

  assert.deepEqual(ends, [
    "disk full, disk full",
    "disk full, page",
    "page",
    "page, disk full",
  ]);
});

Deno.test("a producer that waits until it is ready makes nothing that nobody has asked for, whoever is cancelled", async () => {
  const counts = await outcomes(function* () {
    const [send, receive] = openFallibleChannel<number, never>(0);
    let made = 0;
    let asked = 0;
    let taken = 0;
    yield* together({
      producer: Effect.ignore(Effect.forever(Effect.gen(function* () {
        yield* send.ready;
        assert.ok(made < asked, `made ${made + 1} for ${asked}`);
        yield* send.send(++made);
      }))),
      ...each("ab", () =>
        Effect.suspend(() => {
          asked++;
          return Effect.ignore(Effect.map(receive.receive, () => taken++));
        })),
    }, () => send.close());
    return `${taken} of ${made}`;
  }, { cancelEverywhere: true, atLeast: 100 });

  assert.deepEqual(counts, ["0 of 0", "0 of 1", "1 of 1", "1 of 2", "2 of 2"]);
});
