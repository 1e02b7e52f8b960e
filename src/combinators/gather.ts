import * as Effect from "npm:effect@^4.1.0/Effect";
import { inWords } from "../core/in_words.ts";
import type { ErrorOf, ServicesOf, SuccessOf } from "../core/body.ts";
import type { AnyBody } from "../core/any_body.ts";
import { checkpointIfCancelled } from "../core/checkpoint.ts";
import {
  concurrencyOf,
  isCollection,
  type Member,
  membersOf,
  startInTurn,
} from "./_members.ts";
import { collect } from "./_results.ts";
import type { Gathered, MemberBody, MembersOf, ResultOf } from "./bodies.ts";

/** Options for {@linkcode gather}. */
export interface GatherOptions {
  /** How many bodies may run at once; all of them by default. */
  readonly concurrency?: number;
}

/**
 * Runs all bodies at once and answers with their results in the same shape: a
 * tuple for a tuple, a record for a record, an array for any other iterable.
 *
 * Each body is a task of its own; in a record its name is its key. Which bodies
 * there are is read when `gather` is called, so that the Effect can run again.
 *
 * - **Order:** bodies start in their order; results keep it, however the bodies
 *   finish. With `concurrency`, a body starts when an earlier one has ended.
 * - **Cancellation:** a checkpoint, also with nothing to gather. Cancelling the
 *   caller cancels every body, and the call ends after the last cleanup.
 * - **Failure:** the first failure cancels the bodies still running, waits for
 *   their cleanup, and is the failure of the call; bodies that have not started
 *   never do. What goes wrong meanwhile is kept in the same cause, in order, and
 *   what was typed stays typed. A body that was cancelled on its own has no
 *   result: the call dies with `TaskCancelled`.
 *
 * @example Two at once, by name
 * ```ts
 * import { gather, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const page = await run(gather({
 *   title: Effect.succeed("Espalier"),
 *   views: function* () {
 *     yield* sleep(1);
 *     return 42;
 *   },
 * }));
 * assert.deepEqual(page, { title: "Espalier", views: 42 });
 * ```
 *
 * @typeParam B The tuple, the record, or the type of a body of an iterable.
 * @param bodies The bodies.
 * @param options How many may run at once.
 * @returns The results, in the shape of `bodies`.
 * @throws {RangeError} If `concurrency` is neither a positive integer nor Infinity.
 * @throws {TypeError} If `bodies` is neither an iterable nor a record.
 *
 * @see `mapConcurrent` for one body and many items.
 */
export function gather<
  const B extends
    | ReadonlyArray<MemberBody>
    | Readonly<Record<string, MemberBody>>,
>(
  bodies: B,
  options?: GatherOptions,
): Effect.Effect<
  Gathered<B>,
  ErrorOf<ResultOf<MembersOf<B>>>,
  ServicesOf<ResultOf<MembersOf<B>>>
>;
export function gather<B extends MemberBody>(
  bodies: Iterable<B>,
  options?: GatherOptions,
): Effect.Effect<
  Array<SuccessOf<ResultOf<B>>>,
  ErrorOf<ResultOf<B>>,
  ServicesOf<ResultOf<B>>
>;
export function gather(
  bodies: Iterable<MemberBody> | Readonly<Record<string, MemberBody>>,
  options: GatherOptions = {},
): Effect.Effect<unknown, unknown, unknown> {
  const limit = concurrencyOf(options.concurrency ?? Infinity, "gather");
  if (!isCollection(bodies)) {
    throw new TypeError(
      `Cannot gather: it takes an iterable or a record of bodies: received ${
        inWords(bodies)
      }`,
    );
  }
  if (Symbol.iterator in bodies) {
    return gatherMembers(membersOf(bodies, "gather"), limit);
  }
  const entries = Object.entries<AnyBody>(bodies);
  const members = membersOf(entries.map(([, body]) => body), "gather")
    .map(({ body }, at) => ({ name: entries[at]![0], body }));
  return Effect.map(
    gatherMembers(members, limit),
    (results) =>
      Object.fromEntries(entries.map(([key], at) => [key, results[at]])),
  );
}

function gatherMembers(
  members: readonly Member[],
  limit: number,
): Effect.Effect<unknown[], unknown, unknown> {
  return Effect.flatMap(
    checkpointIfCancelled,
    () =>
      collect("gather", true, (results) => {
        let at = 0;
        startInTurn(() => members[at++], limit, results);
        return Effect.void;
      }),
  );
}
