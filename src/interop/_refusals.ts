import { inWords } from "../core/in_words.ts";
import type { ReceiveChannel } from "../channels/channel.ts";

/**
 * Refuses a value without a method that it is wanted for, where it is handed
 * over: the stack then shows the line that did so.
 *
 * @param action As in `read an async iterable`.
 * @throws {TypeError} If there is no such method.
 */
export function checkMethod(
  value: unknown,
  method: PropertyKey,
  action: string,
): void {
  if (value !== null && value !== undefined) {
    if (typeof Reflect.get(Object(value), method) === "function") return;
  }
  throw new TypeError(`Cannot ${action}: received ${inWords(value)}`);
}

/**
 * Refuses a function of the options that is none.
 *
 * @throws {TypeError} If it is neither a function nor left out.
 */
export function checkCatch(value: unknown, action: string): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(
    `Cannot ${action}: 'catch' must be a function: received ${inWords(value)}`,
  );
}

/** @throws {TypeError} If it is no channel to receive from. */
export function checkChannel(
  channel: ReceiveChannel<unknown, unknown>,
  action: string,
): void {
  checkMethod(channel, "toAsyncIterable", action);
}
