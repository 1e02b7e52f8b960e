import assert from "node:assert/strict";
import {
  type Attempt,
  fewestSwitches,
} from "../../src/testing/_fewest_switches.ts";
import { explore } from "espalier/testing";
import { withDroppedPermit } from "../fixtures/races/dropped_permit.ts";

Deno.test("explore() tells the same simplest story, however the failure was found", async () => {
  const stories = new Set<string>();
  const exhaustive = await explore(withDroppedPermit, {
    cancelEverywhere: true,
  });
  const switches = switchesIn(exhaustive.failure!.token);

  for (let seed = 0; seed < 20; seed++) {
    const { failure } = await explore(withDroppedPermit, {
      strategy: "random",
      cancelEverywhere: true,
      seed,
    });
    stories.add(failure!.story);
    assert.equal(switchesIn(failure!.token), switches, failure!.story);
  }

  assert.ok(stories.size <= 2, [...stories].join("\n\n"));
});

Deno.test("fewestSwitches() finds one with fewer, the fewest first", async () => {
  const failing = new Set(["1,1,1", "0,1,1,1", "2,0,1"]);

  assert.deepEqual(
    await fewestSwitches([1, 1, 1], choices([3, 2, 2, 2], failing), Infinity),
    [2, 0, 1],
  );
});

Deno.test("fewestSwitches() leaves it at what was found if there is none with fewer", async () => {
  const found = [1, 1];

  assert.equal(
    await fewestSwitches(found, choices([2, 2, 2], new Set()), Infinity),
    found,
  );
});

Deno.test("fewestSwitches() runs nothing where one switch is left, or no time", async () => {
  const never: Attempt = () => assert.fail("it was run");

  assert.deepEqual(await fewestSwitches([0, 1], never, Infinity), [0, 1]);
  assert.deepEqual(await fewestSwitches([1, 1], never, -Infinity), [1, 1]);
});

Deno.test("fewestSwitches() gives up a body that is not deterministic", async () => {
  let runs = 0;
  const attempt: Attempt = () => {
    runs++;
    const widths = runs === 1 ? [2, 2, 2] : [5, 5, 5];
    return Promise.resolve({
      path: { answers: [runs === 1 ? 0 : 1, 0, 0], widths },
      fails: false,
    });
  };

  assert.deepEqual(await fewestSwitches([1, 1], attempt, Infinity), [1, 1]);
  assert.equal(runs, 2);
});

/** Runs a body that comes to so many answers each time. */
function choices(
  widths: readonly number[],
  failing: ReadonlySet<string>,
): Attempt {
  return (scheduler) => {
    const answers = widths.map((width) =>
      scheduler.decide({ kind: "turn", width, actors: [], running: 0 })
    );
    const last = answers.findLastIndex((answer) => answer !== 0);
    const fails = failing.has(answers.slice(0, last + 1).join());
    return Promise.resolve({ path: { answers, widths }, fails });
  };
}

/** How many switches a token tells of. */
function switchesIn(token: string): number {
  return token.split(".")[3]!.split("_").length;
}
