import { ChannelClosed, EndOfChannel } from "../channels/errors.ts";
import { DeadlineExceeded } from "../core/errors.ts";
import type { ErrorClass } from "../wire/revive_failure.ts";
import { NotSerializable, Poisoned } from "./errors.ts";

const registered = new Map<string, ErrorClass>();

/**
 * Makes errors of these classes come back from workers as instances of them.
 *
 * They are told by the name of the class and made without its constructor: they
 * have the message, stack, fields and cause that they had in the worker, but
 * none of their `#private` fields. An error of a class that is not registered,
 * nor any class it extends, comes back as the nearest native class, with its
 * name, fields and `_tag`.
 *
 * @example Catch by class what a task threw
 * ```ts
 * import { cpuScope, inline, registerError, TaskFailed } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * class OutOfStock extends Error {
 *   override readonly name = "OutOfStock";
 * }
 * registerError(OutOfStock);
 *
 * const order = inline((): void => {
 *   class OutOfStock extends Error {}
 *   throw new OutOfStock("no tea");
 * });
 * const error = await run(cpuScope((cpu) => Effect.flip(cpu.run(order))));
 * assert(error instanceof TaskFailed);
 * assert(error.cause instanceof OutOfStock);
 * ```
 *
 * @param classes The classes; a later one replaces an earlier one of its name.
 * @throws {TypeError} If one of them has no name.
 */
export function registerError(...classes: ReadonlyArray<ErrorClass>): void {
  const nameless = classes.find(({ name }) => name === "");
  if (nameless) {
    throw new TypeError("Cannot register an error class: it has no name");
  }
  for (const one of classes) registered.set(one.name, one);
}

/** The class to revive errors of the name as, if there is one. */
export function errorClassOf(name: string): ErrorClass | undefined {
  return registered.get(name) ?? ours(name);
}

/** What the runtime itself throws inside a worker. */
function ours(name: string): ErrorClass | undefined {
  switch (name) {
    case "ChannelClosed":
      return ChannelClosed;
    case "DeadlineExceeded":
      return DeadlineExceeded;
    case "EndOfChannel":
      return EndOfChannel;
    case "NotSerializable":
      return NotSerializable;
    case "Poisoned":
      return Poisoned;
    default:
      return undefined;
  }
}
