import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyBody } from "../core/any_body.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** What a body of a law is handed. */
export interface Starter {
  startSoon(child: AnyBody): unknown;
}

/** Runs a body and answers how it ended. */
export function run(
  make: NurseryLike,
  body: (n: Starter) => Effect.Effect<unknown, unknown>,
): Effect.Effect<Exit.Exit<unknown, unknown>> {
  return Effect.exit(open(make, body));
}

/** Opens a nursery with a body that needs no services. */
export function open(
  make: NurseryLike,
  body: (n: Starter) => Effect.Effect<unknown, unknown>,
): Effect.Effect<unknown, unknown> {
  return Effect.suspend(() => make(body) as Effect.Effect<unknown, unknown>);
}
