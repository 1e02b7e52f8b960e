/**
 * Structured concurrency for Deno: nurseries and cancel scopes on the event
 * loop, futures as typed Effect values.
 *
 * @module
 */

export * from "./src/channels/mod.ts";
export * from "./src/core/mod.ts";
export * from "./src/sync/mod.ts";
export * from "./src/combinators/mod.ts";
export * from "./src/interop/mod.ts";
