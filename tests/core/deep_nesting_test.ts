import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  checkpoint,
  Future,
  nursery,
  run,
  shield,
  sleepForever,
} from "espalier";
import { virtualRun } from "../support/virtual_test.ts";

type Program = Effect.Effect<unknown, unknown>;

/** `program` inside 5,000 of what `wrap` makes. */
function nested(program: Program, wrap: (inner: Program) => Program): Program {
  for (let i = 0; i < 5_000; i++) program = wrap(program);
  return program;
}

const wraps: Record<string, (inner: Program) => Program> = {
  shields: (inner) => shield(inner),
  "shields with a budget": (inner) => shield(inner, { within: "1 hour" }),
  "scopes in regions that Effect shields": (inner) =>
    Effect.uninterruptible(cancelScope(inner)),
  "nurseries in regions that Effect shields": (inner) =>
    Effect.uninterruptible(nursery(() => inner)),
  "nurseries, each in the only child of the last": (inner) =>
    nursery((n) => n.startSoon(inner)),
};

for (const [what, wrap] of Object.entries(wraps)) {
  Deno.test(`five thousand ${what} fit on the stack`, async () => {
    let reached = 0;
    const innermost = Effect.andThen(
      checkpoint,
      Effect.sync(() => void reached++),
    );
    await virtualRun(() => nested(innermost, wrap) as Effect.Effect<unknown>);
    assert.equal(reached, 1);
  });
}

Deno.test("a cancellation finds what waits at the bottom of a deep nest of shields", async () => {
  await virtualRun(function* () {
    let inside = 0;
    const bottom = cancelScope(function* (scope) {
      inside++;
      scope.cancel();
      yield* sleepForever;
    });
    yield* nested(bottom, (inner) => shield(inner)) as Effect.Effect<unknown>;
    assert.equal(inside, 1);
  });
});

Deno.test("to wait for a future does not spell out the path of its task", async () => {
  let spelt = 0;
  const cancelled: unknown[] = [];
  const future = new Future<never>({
    get label() {
      spelt++;
      return "a slow label";
    },
    path: "main/slow",
    status: "running",
    cancelWith: (cancellation) => void cancelled.push(cancellation),
  });
  await run(Effect.timeoutOption(future, 0));
  assert.equal(spelt, 0);
});
