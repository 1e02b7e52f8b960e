import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { shield, sleep } from "espalier";
import { effectOfHere } from "../../../src/core/body_here.ts";
import type { Make, Place, Work } from "./place.ts";
import type { Cleanup, Part } from "./program.ts";
import type { Stage } from "./stage.ts";

/** What tasks do on their way out, and about failures. */
export class Cleanups {
  readonly #stage: Stage;
  readonly #make: Make;

  constructor(stage: Stage, make: Make) {
    this.#stage = stage;
    this.#make = make;
  }

  /** A body with a cleanup that takes its time. */
  cleanup({ how, ms, dies, body }: Cleanup, place: Place): Work {
    const stage = this.#stage;
    return Effect.suspend((): Work => {
      const story = stage.begin(place, ms);
      const collector = new Set<number>();
      const cleanup = Effect.gen(function* () {
        story.begun = stage.moment(place.task, "cleanup begins");
        yield* sleep(ms);
        story.ended = stage.moment(place.task, "cleanup ends");
        if (!dies) return;
        // Effect makes defects of the failures that a defect comes upon.
        for (const it of collector) stage.recording.changed.add(it);
        yield* Effect.die(stage.raise("Die", place));
      });
      const work = this.#make(body, collecting(collector, place));
      if (how === "ensuring") return Effect.ensuring(work, cleanup);
      return effectOfHere<Generator<Work, void>>(function* () {
        try {
          yield* work;
        } finally {
          // Reached in the ordinary way it is code like any other.
          yield* shield(cleanup);
        }
      });
    });
  }

  /**
   * A body whose failures are caught. Where an interruption skips the handler,
   * Effect drops the typed failures that it was there for: they count as caught.
   */
  catch(body: Part, place: Place): Work {
    const stage = this.#stage;
    return Effect.suspend(() => {
      const collector = new Set<number>();
      const caught = Effect.catchCause(
        this.#make(body, collecting(collector, place)),
        (cause) => Effect.sync(() => stage.handle(Exit.failCause(cause))),
      );
      return Effect.onInterrupt(caught, () =>
        Effect.sync(() => {
          for (const it of collector) stage.recording.handled.add(it);
        }));
    });
  }
}

function collecting(collector: Set<number>, place: Place): Place {
  return { ...place, collectors: [...place.collectors, collector] };
}
