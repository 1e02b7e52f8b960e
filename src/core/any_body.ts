// `any` here means "of whatever type": a body may be anything that runs.
// deno-lint-ignore-file no-explicit-any
import type * as Effect from "npm:effect@^4.1.0/Effect";

/**
 * Any Effect.
 *
 * @example Accept whatever Effect there is
 * ```ts
 * import type { Eff } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const any: Eff = Effect.fail("no route");
 * assert(Effect.isEffect(any));
 * ```
 */
export type Eff = Effect.Effect<any, any, any>;

/** A body of any kind, as the runtime sees it. */
export type AnyBody = ((...args: never[]) => unknown) | Eff;
