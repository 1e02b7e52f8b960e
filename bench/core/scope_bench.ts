// What does a cancel scope cost, with and without a deadline, around a body
// that does not wait and around one that does?
//
//     deno run --lock=bench/deno.lock bench/core/scope_bench.ts

import * as Effect from "effect/Effect";
import { cancelScope, moveOnAfter, run } from "espalier";
import { note, table } from "../harness.ts";
import { keepOpen } from "./_kept_open.ts";

const ENTRIES = 10_000;
const close = keepOpen();

const bodies = {
  "a body that does not wait": Effect.sync(() => 1),
  "a body that waits for a resolved promise": Effect.promise(() =>
    Promise.resolve(1)
  ),
};

for (const [title, body] of Object.entries(bodies)) {
  await table(`around ${title}`, [
    row("plain Effect", body),
    row("Effect.timeout of 10 s", Effect.timeout(body, "10 seconds")),
    row("cancelScope", cancelScope(body)),
    row("moveOnAfter 10 s", moveOnAfter("10 seconds", body)),
  ]);
}
close();
note(
  "A run enters ten thousand of them, one after the other. What a scope adds is " +
    "its row less the first one: compare that with what Effect.timeout adds.",
);

function row(name: string, body: Effect.Effect<unknown, unknown>) {
  const loop = Effect.gen(function* () {
    for (let i = 0; i < ENTRIES; i++) yield* body;
  });
  return {
    name,
    ops: ENTRIES,
    run: () => run(loop as Effect.Effect<void>),
  };
}
