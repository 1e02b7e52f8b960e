import * as Effect from "npm:effect@^4.1.0/Effect";
import type {
  Body0,
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { checkBody } from "../core/check_body.ts";
import { BusyResource } from "../core/room_errors.ts";

/** Options for a {@linkcode ConflictDetector}. */
export interface ConflictDetectorOptions {
  /** How errors call what is guarded, as in `log file`. */
  readonly name?: string;
}

/**
 * Refuses a second entry where a `Lock` would make it wait: for what two tasks
 * at once would do only by mistake.
 *
 * - **Failure:** `BusyResource` for whoever comes while another body runs, in
 *   the same task or in another; the one that runs is not disturbed.
 *
 * @example Two tasks write to one file
 * ```ts
 * import { checkpoint, ConflictDetector, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const writing = new ConflictDetector({ name: "log file" });
 * const busy = await run(writing.guard(function* () {
 *   return yield* Effect.flip(writing.guard(checkpoint));
 * }));
 * assert.equal(
 *   busy.message,
 *   'Cannot use "log file": another task is doing so',
 * );
 * ```
 */
export class ConflictDetector {
  readonly #guarded: string;
  #isBusy = false;

  /**
   * Makes a detector that nobody has entered.
   *
   * @param options A name for what it guards.
   */
  constructor(options: ConflictDetectorOptions = {}) {
    const { name } = options;
    this.#guarded = name === undefined ? "the resource" : `"${name}"`;
  }

  /**
   * Runs `body` unless another one runs.
   *
   * - **Cancellation:** that of `body`; it is no checkpoint itself.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  guard<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X> | BusyResource, ServicesOf<X>> {
    checkBody(body);
    const use = effectOfHere<X>(body);
    type Guarded = Effect.Effect<
      SuccessOf<X>,
      ErrorOf<X> | BusyResource,
      ServicesOf<X>
    >;
    return Effect.suspend((): Guarded => {
      let entered = false;
      const enter = Effect.suspend((): Guarded => {
        if (this.#isBusy) {
          return Effect.fail(new BusyResource("use", this.#guarded));
        }
        this.#isBusy = entered = true;
        return use;
      });
      return Effect.ensuring(
        enter,
        Effect.sync(() => {
          if (entered) this.#isBusy = false;
        }),
      );
    });
  }
}
