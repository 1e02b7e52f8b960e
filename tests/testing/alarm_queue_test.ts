import assert from "node:assert/strict";
import { AlarmQueue } from "../../src/testing/_alarm_queue.ts";

Deno.test("AlarmQueue.nextEvent() can be asked while the last alarms ring", () => {
  const alarms = new AlarmQueue();
  const asked: number[] = [];
  const ask = () => asked.push(alarms.nextEvent());
  alarms.add(1, ask, true);
  alarms.add(1, ask, true);

  for (const alarm of alarms.takeDue(1)) alarms.ring(alarm);

  assert.deepEqual(asked, [Infinity, Infinity]);
});

Deno.test("AlarmQueue.nextEvent() passes over what is no event and what was called off", () => {
  const alarms = new AlarmQueue();
  const nothing = () => {};
  alarms.add(1, nothing, false);
  const off = alarms.add(2, nothing, true);
  alarms.add(3, nothing, true);
  alarms.callOff(off);

  assert.equal(alarms.nextEvent(), 3);
});
