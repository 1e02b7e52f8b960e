import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { currentTask } from "../core/task.ts";

/** What a suite asks of a lock to take it and to give it back. */
interface Takeable {
  readonly acquire: Effect.Effect<void, unknown>;
  release(): void;
}

/** A region behind a lock that notices when two are in it. */
export class CriticalSection {
  /** The names of the tasks that were inside, in order. */
  readonly visitors: string[] = [];
  readonly #lock: Takeable;
  #inside: string | undefined = undefined;

  constructor(lock: Takeable) {
    this.#lock = lock;
  }

  /** Acquires, does `body` inside, releases: however it ends. */
  visit(body: Effect.Effect<unknown>): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { name } = currentTask();
      let isIn = false;
      const use = Effect.suspend(() => {
        this.#enter(name);
        isIn = true;
        return body;
      });
      const leave = Effect.sync(() => {
        if (!isIn) return;
        this.#inside = undefined;
        this.#lock.release();
      });
      return Effect.asVoid(
        Effect.ensuring(
          Effect.flatMap(Effect.orDie(this.#lock.acquire), () => use),
          leave,
        ),
      );
    });
  }

  #enter(name: string): void {
    assert.equal(this.#inside, undefined, `${name} is inside with another one`);
    this.#inside = name;
    this.visitors.push(name);
  }
}
