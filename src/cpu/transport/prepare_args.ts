// What a call carries, made ready on the loop: looked over, and what is moved
// taken away from the caller at once.

import { FrozenData } from "../../wire/frozen_data.ts";
import { isPlainData } from "../../wire/plain_data.ts";
import { inspectSendable } from "../../wire/sendable.ts";
import { NotSerializable } from "../errors.ts";
import { movingOf } from "../worker/moved.ts";

/** The arguments of a call, ready to be sent. */
export interface PreparedArgs {
  readonly values: readonly unknown[];
  /** What is moved when they are sent. */
  readonly transfer: readonly Transferable[];
  /** Whether shared primitives are among them. */
  readonly shared: boolean;
}

const NOTHING: readonly Transferable[] = [];

/**
 * Looks the arguments of a call over and takes out what is moved: from now on
 * it is gone for the caller, whenever the call is sent.
 *
 * @param args What was given.
 * @param transfer What `task.with({ transfer })` names.
 * @throws {NotSerializable} If one cannot cross; then nothing was moved.
 */
export function prepareArgs(
  args: readonly unknown[],
  transfer: readonly Transferable[] = NOTHING,
): PreparedArgs {
  let values = args;
  let moved: Transferable[] | undefined;
  let shared = false;
  let plain = 0;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (typeof arg !== "object" && typeof arg !== "function") {
      if (typeof arg !== "symbol") {
        plain++;
        continue;
      }
    }
    const moving = movingOf(arg);
    if (moving) {
      if (values === args) values = [...args];
      (values as unknown[])[index] = moving.value;
      (moved ??= [...transfer]).push(...moving.transfer);
    }
    const value = moving ? moving.value : arg;
    if (isPlainData(value)) {
      plain++;
      continue;
    }
    const parts = moving ? [...transfer, ...moving.transfer] : transfer;
    const found = inspectSendable(value, `args[${index}]`, parts);
    if (found.unsendable) {
      const { path, kind } = found.unsendable;
      throw new NotSerializable(path, kind);
    }
    shared ||= found.shared;
  }
  const parts = moved ?? transfer;
  if (parts.length === 0) {
    if (plain === values.length) values = frozen(values);
    return { values, transfer: parts, shared };
  }
  return { ...copied(values, [...new Set(parts)]), shared };
}

/** Plain data as it will be sent, taken down now. */
function frozen(values: readonly unknown[]): readonly unknown[] {
  if (values.every(isPrimitive)) return values;
  return values.map((value) =>
    isPrimitive(value) ? value : new FrozenData(value)
  );
}

/**
 * Copies arguments that have to wait before they are sent, so that nothing that
 * the caller does meanwhile shows in them.
 */
export function snapshotArgs(prepared: PreparedArgs): PreparedArgs {
  const { values, transfer, shared } = prepared;
  // What was moved was copied then, the rest of its call with it.
  if (transfer.length > 0 || values.every(isSettled)) return prepared;
  return { ...copied(values, []), shared };
}

function copied(
  values: readonly unknown[],
  transfer: readonly Transferable[],
): { values: readonly unknown[]; transfer: readonly Transferable[] } {
  try {
    const [copies, moved] = structuredClone([values, transfer], {
      transfer: [...transfer],
    });
    return { values: copies!, transfer: moved! as Transferable[] };
  } catch (error) {
    throw notSerializable(error);
  }
}

/** For what no inspection foresaw: the platform refuses to clone it. */
export function notSerializable(error: unknown): NotSerializable {
  const why = error instanceof Error ? error.message : String(error);
  return new NotSerializable("args", `refused: ${why}`);
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function isSettled(value: unknown): boolean {
  return isPrimitive(value) || value instanceof FrozenData;
}
