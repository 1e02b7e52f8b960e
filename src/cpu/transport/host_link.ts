// The loop's end of the rings and words that it shares with one worker.

import { CONTROL_BYTES, NUMBER_WORD, STATE, WORD } from "../shared/control.ts";
import { RecordRing } from "../shared/record_ring.ts";
import {
  type Frame,
  FrameReader,
  FrameWriter,
  type Parcel,
  type PostParcel,
} from "./frame_ring.ts";

/** The memory that a worker and the loop share. */
export interface LinkMemory {
  readonly control: SharedArrayBuffer;
  readonly requests: SharedArrayBuffer;
  readonly replies: SharedArrayBuffer;
}

/** Makes the memory for one worker. */
export function linkMemory(ringBytes: number = 1 << 18): LinkMemory {
  return {
    control: new SharedArrayBuffer(CONTROL_BYTES),
    requests: new SharedArrayBuffer(ringBytes),
    replies: new SharedArrayBuffer(ringBytes),
  };
}

/** How many frames are handed on at most before `onPause`. */
const BATCH = 128;

/** Who uses a link. */
export interface LinkUser {
  /** A frame has come. */
  onFrame(frame: Frame): void;
  /** Some frames have come, one after the other: now is the time to answer. */
  onPause(): void;
  /** A frame that the ring had no space for may be tried again. */
  onSpace(): void;
}

/** What a worker is doing, in words. */
export type WorkerActivity = keyof typeof STATE;

/** The loop's side of everything it shares with one worker. */
export class HostLink {
  readonly #control: Int32Array;
  readonly #numbers: Float64Array;
  readonly #requests: RecordRing;
  readonly #replies: RecordRing;
  readonly #writer: FrameWriter;
  readonly #reader: FrameReader;
  readonly #user: LinkUser;
  #isOpen = false;
  #expecting = false;
  #isLooking = false;

  constructor(memory: LinkMemory, post: PostParcel, user: LinkUser) {
    this.#control = new Int32Array(memory.control);
    this.#numbers = new Float64Array(memory.control);
    this.#requests = new RecordRing(
      this.#control,
      { head: WORD.requestHead, tail: WORD.requestTail },
      memory.requests,
    );
    this.#replies = new RecordRing(
      this.#control,
      { head: WORD.replyHead, tail: WORD.replyTail },
      memory.replies,
    );
    this.#writer = new FrameWriter(this.#requests, post);
    this.#reader = new FrameReader(this.#replies);
    this.#user = user;
  }

  /** Hands frames on from now, in turns of their own. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#listen();
  }

  /** Hands what has come on at once, and nothing after it. */
  close(): void {
    if (!this.#isOpen) return;
    this.#drain();
    this.#isOpen = false;
    Atomics.add(this.#control, WORD.hostBell, 1);
    Atomics.notify(this.#control, WORD.hostBell);
  }

  /**
   * Sends a frame; `wake` follows, once for all that are sent together.
   *
   * @returns The position of its record, or `undefined` where the ring is full:
   * then `onSpace` says when to try again.
   * @throws What the port throws where a value cannot be cloned; then nothing
   * was sent.
   */
  trySend(
    frame: Frame,
    transfer?: readonly Transferable[],
  ): number | undefined {
    let position = this.#writer.write(frame, transfer);
    if (position === undefined) {
      Atomics.store(this.#control, WORD.hostWantsSpace, 1);
      // Order: asked, then tried again, or space made in between goes unseen.
      position = this.#writer.write(frame, transfer);
      if (position === undefined) return undefined;
      Atomics.store(this.#control, WORD.hostWantsSpace, 0);
    }
    return position;
  }

  /** Wakes the worker, if it sleeps, for the frames that were sent. */
  wake(): void {
    this.#lookSoon();
    if (Atomics.load(this.#control, WORD.workerParked) === 1) this.#ring();
  }

  /** Takes a frame back, unless the worker has taken it. */
  revoke(position: number): boolean {
    return this.#requests.revoke(position);
  }

  /** Whether the worker has taken the frame, and so may have run its task. */
  isTaken(position: number): boolean {
    return this.#requests.isTaken(position);
  }

  /** Takes in what came over the port. */
  arrive(parcel: Parcel): void {
    this.#reader.arrive(parcel);
    this.#drain();
  }

  /** What the worker is doing. */
  get activity(): WorkerActivity {
    const state = Atomics.load(this.#control, WORD.state);
    const names = Object.keys(STATE) as WorkerActivity[];
    return names[state] ?? "idle";
  }

  /** The number of the task that the worker runs, 0 for none. */
  get current(): number {
    return Atomics.load(this.#control, WORD.current);
  }

  /**
   * When the running task started, in milliseconds since the epoch; nothing
   * while its module loads, and for a task without a timeout.
   */
  get startedAt(): number | undefined {
    return this.#numbers[NUMBER_WORD.startedAt]! || undefined;
  }

  /** The newest progress of task `id`, if it has reported any. */
  progressOf(id: number): number | undefined {
    const progress = this.#numbers[NUMBER_WORD.progress]!;
    return Atomics.load(this.#control, WORD.progressOf) === id
      ? progress
      : undefined;
  }

  /** Asks task `id` to stop. */
  cancel(id: number): void {
    Atomics.store(this.#control, WORD.cancel, id);
    this.#ring();
  }

  /** Tells stream `id` that nobody reads it any more. */
  leave(id: number): void {
    Atomics.store(this.#control, WORD.leave, id);
    this.#ring();
  }

  /** Lets the running stream send `items` more. */
  grant(items: number): void {
    Atomics.add(this.#control, WORD.credit, items);
    this.#ring();
  }

  /** Asks the worker to exit as soon as it looks. */
  askToExit(): void {
    Atomics.store(this.#control, WORD.exit, 1);
    this.#ring();
  }

  async #listen(): Promise<void> {
    const control = this.#control;
    while (this.#isOpen) {
      const seen = Atomics.load(control, WORD.hostBell);
      this.#look();
      const wait = Atomics.waitAsync(control, WORD.hostBell, seen);
      if (wait.async) await wait.value;
      Atomics.store(control, WORD.hostParked, 0);
    }
  }

  /**
   * Looks once more before this turn of the loop ends: a short task is often
   * done by then, and its worker has not had to ring.
   */
  #lookSoon(): void {
    if (this.#isLooking || !this.#isOpen) return;
    this.#isLooking = true;
    Atomics.store(this.#control, WORD.hostParked, 0);
    queueMicrotask(() => {
      this.#isLooking = false;
      this.#look();
    });
  }

  /** Hands on all there is, and has the worker ring for what comes later. */
  #look(): void {
    const control = this.#control;
    while (this.#isOpen) {
      this.#drain();
      Atomics.store(control, WORD.hostParked, 1);
      // Order: parked first, then look, or a frame written in between is slept
      // through.
      if (this.#expecting || this.#replies.isEmpty) return;
      Atomics.store(control, WORD.hostParked, 0);
    }
  }

  #drain(): void {
    const control = this.#control;
    let frames = 0;
    while (this.#isOpen) {
      const frame = this.#reader.read();
      this.#expecting = frame === "expecting";
      if (typeof frame === "string") break;
      frames++;
      if (Atomics.load(control, WORD.workerWantsSpace) === 1) {
        Atomics.store(control, WORD.workerWantsSpace, 0);
        Atomics.add(control, WORD.spaceBell, 1);
        Atomics.notify(control, WORD.spaceBell);
      }
      this.#user.onFrame(frame);
      // What the worker is given meanwhile keeps it from running dry.
      if (frames % BATCH === 0) this.#user.onPause();
    }
    if (Atomics.load(control, WORD.hostWantsSpace) === 1) {
      Atomics.store(control, WORD.hostWantsSpace, 0);
      this.#user.onSpace();
      this.#user.onPause();
    } else if (frames % BATCH !== 0) this.#user.onPause();
  }

  #ring(): void {
    Atomics.store(this.#control, WORD.workerParked, 0);
    Atomics.add(this.#control, WORD.workerBell, 1);
    Atomics.notify(this.#control, WORD.workerBell);
  }
}
