import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  moveOnAfter,
  now,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

/**
 * A service that lasts as long as the body, built of what there is: its scope is
 * a shield, so nothing but the end of the body stops it.
 */
function withService<A>(service: Effect.Effect<never>, body: Effect.Effect<A>) {
  return nursery((n) => {
    const lifetime = new CancelScope({ shield: true, name: "service" });
    n.startSoon(lifetime.run(service), { name: "service" });
    return Effect.ensuring(body, Effect.sync(() => lifetime.cancel("done")));
  });
}

function serving(trail: string[]): Effect.Effect<never> {
  return Effect.ensuring(
    sleepForever,
    Effect.sync(() => trail.push(`stopped at ${now()}`)),
  );
}

scopeTest("the end of a body stops its services (R42)", function* () {
  const trail: string[] = [];
  const value = yield* withService(
    serving(trail),
    Effect.as(sleep(5), "value"),
  );
  assert.equal(value, "value");
  assert.deepEqual(trail, ["stopped at 5"]);
});

scopeTest(
  "until its body has ended, cleanup included, nothing from outside stops a service (R42)",
  function* () {
    const trail: string[] = [];
    const body = Effect.ensuring(
      sleepForever,
      Effect.andThen(
        sleep(2),
        Effect.sync(() => trail.push(`body cleaned up at ${now()}`)),
      ),
    );
    const answer = yield* moveOnAfter(3, withService(serving(trail), body));
    assert(Option.isNone(answer));
    assert.deepEqual(trail, ["body cleaned up at 5", "stopped at 5"]);
  },
);

scopeTest("a service that crashes cancels the body (R42)", function* () {
  const crashing = Effect.andThen(sleep(1), Effect.die("crash"));
  const exit = yield* Effect.exit(withService(crashing, sleepForever));
  assert(Exit.hasDies(exit));
  assert.equal(now(), 1);
});
