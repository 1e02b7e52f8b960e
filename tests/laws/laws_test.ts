// The laws of the whole, held against generated trees of tasks.

import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { failuresIn, type Recording } from "./support/recording.ts";

law("no task outlives its nursery, and each takes its first step", {
  about: "cancelling",
  check({ tasks, unsettled }) {
    for (const { name, nursery, begun, ended } of tasks) {
      assert.ok(begun !== undefined, `${name} was spawned and never begun`);
      assert.ok(ended !== undefined, `${name} never ended`);
      assert.ok(ended < nursery.left!, `${name} outlived its nursery`);
    }
    assert.equal(unsettled, 0, "a future was never settled");
  },
  tested: ({ tasks }) => tasks.length,
  atLeast: 3,
});

law("cancellation reaches every leaf", {
  about: "cancelling",
  check({ waits, signals }) {
    for (const { region, what, end, endedAt } of waits) {
      assert.ok(
        end === "cancelled" || endedAt <= region.reachedAt,
        `${what} passed at ${endedAt} ms, cancelled at ${region.reachedAt} ms`,
      );
    }
    for (const { region, looked, aborted } of signals) {
      assert.ok(
        aborted || looked < region.reachedBy,
        `a signal was not aborted in line ${looked}`,
      );
    }
  },
  tested: cancelledWaits,
  atLeast: 1,
});

law("cancellation reaches nothing else", {
  about: "cancelling",
  check({ waits }) {
    for (const { region, what, end, endedAt } of waits) {
      assert.ok(
        end === "passed" || endedAt >= region.reachedAt,
        `${what} was cancelled at ${endedAt} ms, though not before ` +
          `${region.reachedAt} ms`,
      );
    }
  },
  tested: cancelledWaits,
  atLeast: 1,
});

law("of the scopes that are cancelled the outermost one catches", {
  about: "cancelling",
  check({ scopes }) {
    for (const { region, end, outside } of scopes) {
      const isRight = end === "caught"
        ? outside !== "cancelled"
        : end !== "passed on" || outside !== "not cancelled";
      assert.ok(isRight, `region ${region.number}: ${end}, outside ${outside}`);
    }
  },
  tested: ({ scopes }) =>
    scopes.filter(({ end }) => end !== "something else").length,
  atLeast: 0.5,
});

law("cleanup ends before the opener resumes", {
  about: "cancelling",
  check({ cleanups }) {
    for (const { inside, ms, begun, ended } of cleanups) {
      assert.ok(begun && ended, "a cleanup was not run to its end");
      assert.equal(ended.at - begun.at, ms, "a cleanup was cut short");
      for (const region of inside()) {
        assert.ok(
          ended.event < region.left!,
          `region ${region.number} was left before line ${ended.event}`,
        );
      }
    }
  },
  tested: ({ cleanups }) =>
    cleanups.filter(({ inside, begun }) =>
      inside().some((region) => region.cancelledAt <= begun!.at)
    ).length,
  atLeast: 0.1,
});

law("no failure is dropped, doubled or changed", {
  about: "failing",
  check({ raised, handled, changed, exit }) {
    const reported = failuresIn(exit);
    const numbers = reported.map(({ number }) => number);
    assert.equal(new Set(numbers).size, numbers.length, `doubled: ${numbers}`);
    for (const { number, tag } of raised) {
      const found = reported.find((it) => it.number === number);
      assert.ok(found || handled.has(number), `failure ${number} was dropped`);
      assert.ok(
        found === undefined || found.tag === tag || changed.has(number),
        `failure ${number} was changed`,
      );
    }
  },
  tested: ({ exit }) => failuresIn(exit).length > 1 ? 1 : 0,
  atLeast: 0.1,
});

law("no sent value is lost or doubled", {
  about: "sharing",
  check({ channels }) {
    for (const { sent, received } of channels) {
      const values = received.map(({ value }) => value);
      assert.deepEqual(values.toSorted(byNumber), sent.toSorted(byNumber));
    }
  },
  tested: ({ channels }) => channels.flatMap(({ sent }) => sent).length,
  atLeast: 0.5,
});

law("first come, first served", {
  about: "sharing",
  check({ channels, lock }) {
    for (const { received } of channels) {
      const inTurn = received.toSorted((one, other) => one.asked - other.asked);
      assertRising(inTurn.map(({ value }) => value), "values");
    }
    assertRising(lock.got, "owners of the lock");
    assert.ok(lock.mostInside <= 1, `${lock.mostInside} were inside the lock`);
  },
  tested: ({ lock, channels }) =>
    [lock.got, ...channels.map(({ received }) => received)]
      .filter(({ length }) => length > 1).length,
  atLeast: 0.1,
});

law("nobody waits for what is there", {
  about: "sharing",
  check: ({ inVain }) => assert.deepEqual(inVain, []),
  tested: ({ crowds }) => crowds,
  atLeast: 0.2,
});

law("tasks take their first steps in the order in which they were spawned", {
  about: "cancelling",
  needsOrder: true,
  check({ tasks }) {
    assertRising(tasks.map(({ begun }) => begun!), "first steps");
  },
  tested: ({ tasks }) => tasks.length,
  atLeast: 3,
});

law("a run leaves nothing behind", {
  about: "sharing",
  check({ left, nextTimer, late }) {
    assert.equal(left, 0, "somebody still holds something or waits");
    assert.equal(nextTimer, Infinity, "a timer is left");
    assert.deepEqual(late, [], "somebody is still at it");
  },
  tested: cancelledWaits,
  atLeast: 1,
});

function cancelledWaits({ waits }: Recording): number {
  return waits.filter(({ end }) => end === "cancelled").length;
}

function assertRising(numbers: readonly number[], what: string): void {
  assert.deepEqual(numbers, numbers.toSorted(byNumber), `${what}: order`);
}

function byNumber(one: number, other: number): number {
  return one - other;
}
