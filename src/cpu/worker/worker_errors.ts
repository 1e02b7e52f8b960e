// What the runtime throws inside a worker. Each crosses to the loop by the name
// of its class and is revived there as the public class of that name.

/** The task is to stop. */
export class TaskStopped extends DOMException {
  constructor(task: string) {
    super(`Cannot go on with "${task}": it was cancelled`, "AbortError");
  }
}

/** The task's time is up. */
export class DeadlineExceeded extends Error {
  readonly _tag = "DeadlineExceeded";
  override readonly name: string = "DeadlineExceeded";
  readonly task: string;
  readonly budget: number;

  constructor(task: string, budget: number) {
    super(`Cannot finish "${task}" within ${budget} ms`);
    this.task = task;
    this.budget = budget;
  }
}

/** A holder of the primitive was stopped before it let go. */
export class Poisoned extends Error {
  readonly _tag = "Poisoned";
  override readonly name: string = "Poisoned";
  readonly primitive: string;
  readonly worker: number;
  readonly task: string;

  constructor(primitive: string, worker: number, task: string) {
    super(
      `Cannot use ${primitive}: "${task}" was stopped on worker ${worker} while holding it`,
    );
    this.primitive = primitive;
    this.worker = worker;
    this.task = task;
  }
}

/** Nothing more goes into the channel. */
export class ChannelClosed extends Error {
  readonly _tag = "ChannelClosed";
  override readonly name: string = "ChannelClosed";
  readonly verb: string;
  readonly channel: string;

  constructor(verb: string, channel: string) {
    super(`Cannot ${verb} ${channel}: it is closed`);
    this.verb = verb;
    this.channel = channel;
  }
}

/** Nothing more comes out of the channel. */
export class EndOfChannel extends Error {
  readonly _tag = "EndOfChannel";
  override readonly name: string = "EndOfChannel";
  readonly channel: string;

  constructor(channel: string) {
    super(`Cannot receive from ${channel}: it has ended`);
    this.channel = channel;
  }
}

/** A value cannot cross. */
export class NotSerializable extends Error {
  readonly _tag = "NotSerializable";
  override readonly name: string = "NotSerializable";
  readonly path: string;
  readonly kind: string;

  constructor(path: string, kind: string) {
    super(`Cannot send ${path} to another thread: it is ${kind}`);
    this.path = path;
    this.kind = kind;
  }
}
