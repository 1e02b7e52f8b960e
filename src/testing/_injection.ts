import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import { CancelScope } from "../core/cancel_scope.ts";
import { shieldedCheckpoint } from "../core/checkpoint.ts";
import { nursery } from "../core/nursery.ts";
import type { Nursery } from "../core/task.ts";

/** The ways in which a body that waits can be made to stop. */
const WAYS = ["scope", "future", "interrupt", "race"] as const;

/** One way of {@linkcode WAYS}. */
type Way = typeof WAYS[number];

/** No body of a suite takes more steps than this. */
const MOST_STEPS = 1_000;

/** One performance of a piece in which a victim is hit. */
export interface Stage {
  /** Owns everybody on it. */
  readonly nursery: Nursery;
  /** How the victim is hit, and when: for messages. */
  readonly hit: string;
  /**
   * Starts the victim; called once.
   *
   * @param body What it does.
   */
  startVictim(body: Effect.Effect<unknown>): void;
}

/**
 * Performs a piece again and again, and stops its victim before each of its
 * steps in turn: by a cancel scope around it, by `Future.cancel`, by
 * interrupting its fiber, and by Effect's `raceFirst`; each from a task that
 * comes before all others and from one that comes after them.
 *
 * @param perform Puts the actors on the stage; answers what to do when all have
 * left it.
 * @returns How often the piece was performed.
 */
export function stopAtEveryStep(
  perform: (stage: Stage) => Effect.Effect<unknown>,
): Effect.Effect<number> {
  return Effect.gen(function* () {
    let performances = 0;
    for (const way of WAYS) {
      for (const place of ["first", "last"] as const) {
        for (let step = 0, over = false; !over; step++) {
          performances++;
          over = yield* performOnce(perform, way, place, step);
          if (step > MOST_STEPS) {
            throw new Error(
              `Cannot stop a task at every step: it took ${MOST_STEPS}`,
            );
          }
        }
      }
    }
    return performances;
  });
}

/** Answers whether the victim was over before it could be hit. */
function performOnce(
  perform: (stage: Stage) => Effect.Effect<unknown>,
  way: Way,
  place: "first" | "last",
  step: number,
): Effect.Effect<boolean> {
  const victim = new Victim(way);
  let missed = false;
  const saboteur = Effect.gen(function* () {
    for (let i = 0; i < step; i++) yield* shieldedCheckpoint;
    missed = victim.isOver;
    victim.hit();
  });
  const performance = nursery((n: Nursery) => {
    if (place === "first") n.startSoon(saboteur, { name: "saboteur" });
    const after = perform({
      nursery: n,
      hit:
        `stopped by ${way} before step ${step}, by a task that came ${place}`,
      startVictim: (body) => victim.start(n, body),
    });
    if (place === "last") n.startSoon(saboteur, { name: "saboteur" });
    return Effect.succeed(after);
  });
  return Effect.flatMap(performance, (after) => Effect.as(after, missed));
}

/** A task that can be stopped, in one of the ways. */
class Victim {
  isOver = false;
  readonly #way: Way;
  #stop: () => void = () => {
    this.#wasHit = true;
  };
  #wasHit = false;

  constructor(way: Way) {
    this.#way = way;
  }

  hit(): void {
    if (!this.isOver) this.#stop();
  }

  start(n: Nursery, body: Effect.Effect<unknown>): void {
    const watched = Effect.ensuring(
      body,
      Effect.sync(() => {
        this.isOver = true;
      }),
    );
    const options = { name: "victim" };
    switch (this.#way) {
      case "scope": {
        const scope = new CancelScope({ name: "victim" });
        this.#stop = () => scope.cancel();
        n.startSoon(scope.run(watched), options);
        break;
      }
      case "future": {
        const future = n.startSoon(watched, options);
        this.#stop = () => future.cancel();
        break;
      }
      case "interrupt":
        n.startSoon(this.#interruptible(watched), options);
        break;
      case "race":
        n.startSoon(Effect.raceFirst(watched, this.#blow()), options);
        break;
    }
  }

  #interruptible(body: Effect.Effect<unknown>): Effect.Effect<unknown> {
    return Effect.gen({ self: this }, function* () {
      const fiber = yield* Effect.forkChild(body, { startImmediately: true });
      this.#stop = () => fiber.interruptUnsafe();
      if (this.#wasHit) this.#stop();
      return yield* Fiber.await(fiber);
    });
  }

  #blow(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      this.#stop = () => resume(Effect.void);
      if (this.#wasHit) this.#stop();
    });
  }
}
