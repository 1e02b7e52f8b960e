import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Result } from "../core/body.ts";
import { TaskCancelled } from "../core/cancellation_errors.ts";
import { checkpointIfCancelled } from "../core/checkpoint.ts";
import { watchChildren } from "../core/child_watch.ts";
import { nursery } from "../core/nursery.ts";
import { outcomeOf } from "../core/outcome.ts";
import type { Nursery } from "../core/task.ts";
import type { Crew, Member } from "./_members.ts";

/**
 * Opens a nursery, has `start` fill it, and answers with the results of its
 * children once the last of them has ended.
 */
export function collect<A>(
  name: string,
  ordered: boolean,
  start: (results: Results<A>) => Result,
): Effect.Effect<A[], unknown, unknown> {
  return Effect.suspend(() => {
    let results!: Results<A>;
    const filled = nursery((n: Nursery<unknown, unknown>) => {
      results = new Results(n, ordered);
      return start(results);
    }, { name, onCancelled: () => undefined });
    return Effect.flatMap(filled, () => results.answer);
  });
}

/**
 * The results of the children of one nursery, as they come in.
 *
 * The nursery sees to failures. What it does not mind, and those who want every
 * result do, is a child that was cancelled on its own, or never started.
 */
export class Results<A> implements Crew {
  onPlaceFree: () => void = () => {};
  readonly #values: A[] = [];
  readonly #nursery: Nursery<unknown, unknown>;
  readonly #ordered: boolean;
  #lacking: TaskCancelled | undefined = undefined;

  /**
   * @param ordered Whether results keep the order in which children started, or
   * have that in which they ended.
   */
  constructor(nursery: Nursery<unknown, unknown>, ordered: boolean) {
    this.#nursery = nursery;
    this.#ordered = ordered;
    watchChildren(nursery, (place, exit) => this.#ended(place, exit));
  }

  /**
   * Starts a child, unless the nursery has been cancelled: what has not started
   * by then never does.
   */
  start({ body, name }: Member): void {
    const { cancellation } = this.#nursery.cancelScope;
    if (cancellation !== undefined) {
      this.#lacking ??= new TaskCancelled(cancellation);
      return;
    }
    // The place is taken now, so that the array never has holes to grow over.
    if (this.#ordered) this.#values.push(undefined as A);
    const options = name === undefined ? undefined : { name };
    this.#nursery.startSoon(body as never, options);
  }

  /** All results, once the nursery has ended without a failure. */
  get answer(): Effect.Effect<A[]> {
    const lacking = this.#lacking;
    if (lacking === undefined) return Effect.succeed(this.#values);
    return Effect.flatMap(checkpointIfCancelled, () => Effect.die(lacking));
  }

  /** Nothing is taken: the nursery minds every failure. */
  #ended(place: number, exit: Exit.Exit<unknown, unknown>): false {
    if (Exit.isSuccess(exit)) {
      if (this.#ordered) this.#values[place] = exit.value as A;
      else this.#values.push(exit.value as A);
      // Not after a failure, of which the nursery hears only now.
      this.onPlaceFree();
      return false;
    }
    const outcome = outcomeOf(exit);
    if (outcome._tag === "Cancelled") {
      this.#lacking ??= new TaskCancelled(outcome.cancellation);
      const { cancelScope } = this.#nursery;
      if (cancelScope.cancellation === undefined) {
        cancelScope.cancel(this.#lacking);
      }
    }
    return false;
  }
}
