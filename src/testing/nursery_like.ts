import type * as Effect from "npm:effect@^4.1.0/Effect";

/**
 * Something that is used like `nursery`: it runs a body that may start children,
 * and ends after the last of them.
 *
 * What `startSoon` answers is not looked at, and neither is how the children are
 * typed: `nursery` itself is one, and so is what is built around it.
 *
 * @example A nursery that everybody calls by the same name
 * ```ts
 * import { nursery } from "espalier";
 * import type { NurseryLike } from "espalier/testing";
 *
 * const workshop: NurseryLike = (body) => nursery(body, { name: "workshop" });
 * ```
 */
// `any` here means "of whatever type": how children fail is the business of what
// is checked.
export type NurseryLike = (
  // deno-lint-ignore no-explicit-any
  body: (n: any) => any,
  // deno-lint-ignore no-explicit-any
) => Effect.Effect<any, any, any>;
