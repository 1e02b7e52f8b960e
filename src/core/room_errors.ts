import { ConcurrencyError } from "./errors.ts";

/**
 * What a `tryX()` answers where `x` would have had to wait.
 *
 * Nothing has happened: nothing was taken, given or queued. Wait with `yield*`
 * where waiting is wanted.
 *
 * @example Read what was not to be had at once
 * ```ts
 * import { WouldBlock } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const error = new WouldBlock("acquire", 'Lock "orders"');
 * assert.equal(
 *   error.message,
 *   'Cannot acquire Lock "orders": it would have to wait',
 * );
 * ```
 */
export class WouldBlock extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "WouldBlock";
  /** Shown in stack traces. */
  override readonly name = "WouldBlock";

  /**
   * Builds the error.
   *
   * @param verb What was tried, as in `acquire` or `send to`.
   * @param subject On what, as in `Lock "orders"`.
   */
  constructor(readonly verb: string, readonly subject: string) {
    super(`Cannot ${verb} ${subject}: it would have to wait`);
  }
}

/**
 * Raised by an operation that only one task at a time may be in, when another
 * one is in it.
 *
 * The operation has not begun, and the one that is going on is not disturbed.
 * It is a mistake in the program: let one task do it, or put a `Lock` around it.
 *
 * @example Read the message
 * ```ts
 * import { BusyResource } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const error = new BusyResource("send to", 'stream "upload"');
 * assert.equal(
 *   error.message,
 *   'Cannot send to stream "upload": another task is doing so',
 * );
 * ```
 */
export class BusyResource extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "BusyResource";
  /** Shown in stack traces. */
  override readonly name = "BusyResource";

  /**
   * Builds the error.
   *
   * @param verb What was tried, as in `send to`.
   * @param subject On what, as in `stream "upload"`.
   */
  constructor(readonly verb: string, readonly subject: string) {
    super(`Cannot ${verb} ${subject}: another task is doing so`);
  }
}
