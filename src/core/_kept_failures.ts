import type * as Cause from "npm:effect@^4.1.0/Cause";
import { type FailureOrigin, originOf } from "./_failure_origin.ts";
import { type Future, wasTaken } from "./future.ts";

type Reasons = ReadonlyArray<Cause.Reason<unknown>>;

/**
 * Everything that went wrong in one nursery, in the order in which it happened.
 */
export class KeptFailures {
  readonly #all: Array<{
    readonly reasons: Reasons;
    readonly future: Future<unknown, unknown> | undefined;
  }> = [];

  /**
   * Keeps what one task failed with.
   *
   * @param future Under "isolate": it counts only if nobody took it from here.
   */
  add(reasons: Reasons, future?: Future<unknown, unknown>): void {
    this.#all.push({ reasons, future });
  }

  /** Each failure once, under the path of the task it came from. */
  once(): Cause.Reason<unknown>[] {
    const kept: Cause.Reason<unknown>[] = [];
    const known = new Set<FailureOrigin | undefined>();
    for (const { reasons, future } of this.#all) {
      if (future !== undefined && wasTaken(future)) continue;
      for (const reason of reasons) {
        const origin = originOf(reason);
        if (reason._tag === "Interrupt" || known.has(origin)) continue;
        if (origin !== undefined) known.add(origin);
        kept.push(reason);
      }
    }
    return kept;
  }
}
