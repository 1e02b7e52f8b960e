import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyBody } from "../core/any_body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { checkpoint } from "../core/checkpoint.ts";
import type { ItemSource } from "../core/item_source.ts";
import { suspendOn } from "../core/suspend_task.ts";
import type { Pace } from "./_pace.ts";
import type { Results } from "./_results.ts";

/** How many children are started in one turn, however many may run. */
const BURST = 1024;
const PLACE = { label: "a body of mapConcurrent to end" };

/** Pulls items, and starts a body for each as soon as one may run. */
export class Feed<A> {
  readonly #source: ItemSource<A>;
  readonly #body: AnyBody;
  readonly #limit: number;
  readonly #pace: Pace | undefined;
  readonly #results: Results<unknown>;
  #running = 0;
  /** Ends the last wait for a place; once that is over it does nothing. */
  #freed: () => void = () => {};

  constructor(
    source: ItemSource<A>,
    body: AnyBody,
    limit: number,
    pace: Pace | undefined,
    results: Results<unknown>,
  ) {
    this.#source = source;
    this.#body = body;
    this.#limit = limit;
    this.#pace = pace;
    this.#results = results;
    results.onPlaceFree = () => this.#ended();
  }

  /** Ends when the last body has been started. */
  *run(): Generator<Effect.Effect<unknown>, void, never> {
    for (let index = 0;; index++) {
      if (this.#running === this.#limit) yield* this.#place;
      else if (index % BURST === BURST - 1) yield* checkpoint;
      const pulled = this.#source.pull();
      const step = Effect.isEffect(pulled) ? yield* pulled : pulled;
      if (step.done) return;
      // Not before the item is there: the end is not to be waited for.
      if (this.#pace !== undefined) yield* this.#pace.turn;
      this.#pace?.started();
      this.#running++;
      const body = effectOfHere(this.#body, [step.value, index]);
      this.#results.start({ body });
    }
  }

  readonly #place = suspendOn<void, never>(PLACE, (settle) => {
    this.#freed = () => settle(Exit.void);
    return () => "aborted";
  });

  #ended(): void {
    this.#running--;
    this.#freed();
  }
}
