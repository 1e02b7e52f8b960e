import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, sleepForever, suspendTask } from "espalier";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("suspendTask() is resumed or aborted, one of them, and a result that was handed over is kept (R12, R13)", async () => {
  const ends = await outcomes(function* () {
    let open: (() => void) | undefined;
    let aborted = 0;
    let handed = 0;
    let end = "";
    const gate = suspendTask<string>((resume) => {
      open = () => {
        open = undefined;
        handed++;
        resume(Effect.succeed("through"));
      };
      return () => {
        open = undefined;
        aborted++;
        return "aborted";
      };
    });
    yield* together({
      waiter: Effect.onExit(gate, (exit) =>
        Effect.sync(() => {
          end = exit._tag === "Success" ? exit.value : "cancelled";
        })),
      opener: Effect.ensuring(
        checkpoint,
        Effect.sync(() => open?.()),
      ),
    }, () => open?.());
    assert.equal(handed + aborted, 1);
    assert.equal(end === "through", handed === 1);
    return end;
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 50 });

  assert.deepEqual(ends, ["cancelled", "through"]);
});

Deno.test('suspendTask() that is "too late" to abort waits for its result, and meets the cancellation after it (R15, C050)', async () => {
  const ends = await outcomes(function* () {
    const trail: string[] = [];
    let finish: (() => void) | undefined;
    const write = suspendTask<string>((resume) => {
      finish = () => resume(Effect.succeed("written"));
      return () => "tooLate";
    });
    yield* together({
      writer: Effect.gen(function* () {
        trail.push(yield* write);
        yield* checkpoint;
        trail.push("went on");
      }),
      finisher: Effect.ensuring(checkpoint, Effect.sync(() => finish?.())),
    }, () => finish?.());
    return trail.join(", ");
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 50 });

  assert.deepEqual(ends, ["written", "written, went on"]);
});

Deno.test("sleepForever ends by cancellation and by nothing else (C063)", async () => {
  const ends = await outcomes(function* () {
    const ends: string[] = [];
    const forever = Effect.onExit(
      sleepForever,
      (exit) => Effect.sync(() => ends.push(exit._tag)),
    );
    yield* together({
      timeout: Effect.raceFirst(forever, checkpoint),
      other: checkpoint,
    });
    return ends.join();
  }, { cancelEverywhere: true, atLeast: 20 });

  assert.deepEqual(ends, ["Failure"]);
});
