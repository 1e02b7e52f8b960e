import * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import { scopeOf } from "./_strand.ts";
import { inWords } from "./in_words.ts";
import type { Body0, ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import { effectOf } from "./_effect_of.ts";
import { NotInRun } from "./usage_errors.ts";

/** Options for a {@linkcode TaskLocal} or a `RunLocal`. */
export interface LocalOptions<T> {
  /** Makes the value of a run that was given none. */
  readonly initial: () => T;
  /** How it is called by those who watch. */
  readonly name?: string;
}

/**
 * A value that follows a task into the children that it spawns.
 *
 * What a task provides is seen by its body and by every task spawned inside it,
 * for as long as that task lives, and by nobody else (R61).
 *
 * @example Give every log line its request
 * ```ts
 * import { nursery, run, TaskLocal } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const request = new TaskLocal({ initial: () => "none" });
 * const seen = request.provide("GET /", nursery(function* (n) {
 *   return yield* n.startSoon(async () => request.get());
 * }));
 * assert.equal(await run(seen), "GET /");
 * ```
 *
 * @typeParam T The type of the value.
 */
export class TaskLocal<T> {
  readonly #initial: () => T;
  readonly #key: Context.Reference<{ readonly value: T } | undefined>;

  /**
   * Makes a local.
   *
   * @param options How to make the first value, and a name.
   * @throws {TypeError} If `initial` is no function.
   */
  constructor(options: LocalOptions<T>) {
    this.#initial = initialOf(options, "a task local");
    // The key must be unique among all locals; the name is for people.
    this.#key = Context.Reference<{ readonly value: T } | undefined>(
      `espalier/TaskLocal/${options.name ?? ""}/${crypto.randomUUID()}`,
      { defaultValue: () => undefined },
    );
  }

  /**
   * The value that was provided around here, else the initial one, which is
   * made once for each run.
   *
   * @returns The value.
   * @throws {NotInRun} Outside a task.
   */
  get(): T {
    const fiber = Fiber.getCurrent();
    const run = fiber === undefined ? undefined : scopeOf(fiber)?.run;
    if (fiber === undefined || run === undefined) {
      throw new NotInRun("read a task local");
    }
    const provided = fiber.getRef(this.#key);
    if (provided !== undefined) return provided.value;
    if (!run.locals.has(this)) run.locals.set(this, this.#initial());
    return run.locals.get(this) as T;
  }

  /**
   * Runs `body` with a value of its own.
   *
   * - **Cancellation:** that of the body.
   *
   * @param value The value.
   * @param body The body.
   * @returns The body's value.
   */
  provide<X extends Result>(
    value: T,
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return Effect.withFiber((fiber) => {
      const node = scopeOf(fiber);
      if (node === undefined) {
        return Effect.die(new NotInRun("provide a task local"));
      }
      return Effect.provideService(
        effectOf<X>(body, [], node),
        this.#key,
        { value },
      );
    });
  }
}

/** Reads how the first value is made: a value in its place is an easy slip. */
export function initialOf<T>(
  { initial }: LocalOptions<T>,
  what: string,
): () => T {
  if (typeof initial === "function") return initial;
  throw new TypeError(
    `Cannot make ${what}: 'initial' must be a function that makes the value: ` +
      `received ${inWords(initial)}`,
  );
}
