import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { flattenFailure } from "../../wire/flatten_failure.ts";
import { inspectSendable } from "../../wire/sendable.ts";
import { NotSerializable } from "../errors.ts";
import type { PortMessage } from "../transport/frame_kinds.ts";

/** The message that answers call number `call` of a task. */
export function answerOf(
  call: number,
  exit: Exit.Exit<unknown, unknown>,
): PortMessage {
  if (Exit.isFailure(exit)) {
    const failure = flattenFailure(Cause.squash(exit.cause));
    return { say: "answer", call, failure };
  }
  const { unsendable } = inspectSendable(exit.value, "answer");
  if (unsendable === undefined) {
    return { say: "answer", call, value: exit.value };
  }
  const error = new NotSerializable(unsendable.path, unsendable.kind);
  return { say: "answer", call, failure: flattenFailure(error) };
}
