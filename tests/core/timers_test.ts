import assert from "node:assert/strict";
import {
  CancelScope,
  moveOnAt,
  now,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { type Timer } from "../../src/core/_timers.ts";
import { type TimeSource } from "../../src/core/_time_source.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest("a deadline that moves does not delay the others", function* () {
  const moved = new CancelScope({ deadline: 10 });
  const passed: number[] = [];
  const until = function* (deadline: number) {
    yield* moveOnAt(deadline, sleepForever);
    passed.push(now());
  };

  yield* nursery(function* (n) {
    n.startSoon(moved.run(sleep(5000)));
    n.startSoon(() => until(50));
    n.startSoon(() => until(60));
    yield* sleep(1);
    moved.deadline = 1000;
  });

  assert.deepEqual(passed, [50, 60]);
  assert.equal(moved.cancellation?.at, 1000);
});
