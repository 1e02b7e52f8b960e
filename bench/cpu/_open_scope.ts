import * as Effect from "effect/Effect";
import { run } from "espalier";
import { type CpuScope, cpuScope } from "espalier/cpu";

/** Work in a CPU scope, whatever it answers. */
// deno-lint-ignore no-explicit-any
export type Body = (cpu: CpuScope) => Effect.Effect<any, any>;

/** A CPU scope that stays open, so that opening it is not measured. */
export class OpenScope {
  readonly #calls: { body: Body; done: (result: unknown) => void }[] = [];
  #wake = () => {};
  #isClosed = false;
  readonly #ended: Promise<unknown>;

  /** @param workers How many workers it has, from the start on. */
  constructor(workers: number) {
    this.#ended = run(
      cpuScope((cpu) => this.#serve(cpu), { workers, min: workers }),
    );
  }

  /** Runs `body` in the scope. */
  call(body: Body): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#calls.push({ body, done: resolve });
    this.#wake();
    return promise;
  }

  /** Ends the scope. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#ended;
  }

  *#serve(cpu: CpuScope) {
    while (!this.#isClosed) {
      const next = this.#calls.shift();
      if (next === undefined) {
        yield* Effect.promise(() =>
          new Promise<void>((resolve) => this.#wake = resolve)
        );
      } else next.done(yield* next.body(cpu) as Effect.Effect<unknown>);
    }
  }
}
