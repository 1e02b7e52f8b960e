// Ten primitives, each broken in one way that primitives have been broken in
// before; the generic suites find every one of them.

import assert from "node:assert/strict";
import {
  checkChannel,
  checkLockLike,
  checkNurseryLike,
  type LockLike,
  type NurseryLike,
} from "espalier/testing";
import {
  alteredNursery,
  type Child,
} from "../fixtures/mutants/altered_nursery.ts";
import { Barging } from "../fixtures/mutants/barging.ts";
import { DoubleGrant } from "../fixtures/mutants/double_grant.ts";
import { edgeTriggeredCancel } from "../fixtures/mutants/edge_triggered_cancel.ts";
import { forgottenFinalizer } from "../fixtures/mutants/forgotten_finalizer.ts";
import { leakedChild } from "../fixtures/mutants/leaked_child.ts";
import { LifoWake } from "../fixtures/mutants/lifo_wake.ts";
import { LostPermit } from "../fixtures/mutants/lost_permit.ts";
import { LostWakeUp } from "../fixtures/mutants/lost_wake_up.ts";
import { PlainLock } from "../fixtures/mutants/plain_lock.ts";
import { swallowedFailure } from "../fixtures/mutants/swallowed_failure.ts";
import { unshieldedCleanup } from "../fixtures/mutants/unshielded_cleanup.ts";
import { virtualRun } from "../support/virtual_test.ts";

const LOCKS: Readonly<Record<string, [new () => LockLike, RegExp]>> = {
  "a lost permit": [LostPermit, /loses and doubles nothing/],
  "barging": [Barging, /nobody pushes in/],
  "a double grant": [DoubleGrant, /one task at a time/],
  "a lost wake-up": [LostWakeUp, /./],
  "waking the last first": [LifoWake, /order of asking/],
};

const NURSERIES: Readonly<Record<string, [NurseryLike, RegExp]>> = {
  "a forgotten finalizer": [forgottenFinalizer, /cancels the other children/],
  "a swallowed failure": [swallowedFailure, /no failure is dropped/],
  "an edge-triggered cancellation": [
    edgeTriggeredCancel,
    /a cancellation stays/,
  ],
  "an unshielded cleanup": [unshieldedCleanup, /finishes its cleanup/],
  "a leaked child": [leakedChild, /ends after the last of its children/],
};

for (const [fault, [Mutant, law]] of Object.entries(LOCKS)) {
  Deno.test(`checkLockLike() finds ${fault}`, async () => {
    await assert.rejects(
      virtualRun(() => checkLockLike(() => new Mutant())),
      law,
    );
  });
}

for (const [fault, [mutant, law]] of Object.entries(NURSERIES)) {
  Deno.test(`checkNurseryLike() finds ${fault}`, async () => {
    // A mutant that never ends its cleanup is not to be reported besides.
    const checked = virtualRun(() => checkNurseryLike(mutant), {
      slowCleanup: "1 hour",
    });
    await assert.rejects(checked, law);
  });
}

Deno.test("the suites refuse what makes nothing", () => {
  for (const check of [checkLockLike, checkChannel, checkNurseryLike]) {
    assert.throws(
      () => (check as (make: unknown) => unknown)({}),
      /Cannot check a (lock|channel|nursery): what makes it is no function/,
    );
  }
});

Deno.test("the suites find nothing where the mutants are not broken", async () => {
  const own = alteredNursery((n, child: Child) => n.startSoon(child));

  await virtualRun(() => checkLockLike(() => new PlainLock()));
  await virtualRun(() => checkNurseryLike(own));
});
