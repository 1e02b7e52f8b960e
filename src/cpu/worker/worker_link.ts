// The worker's end of the rings, the bell and the port.

import {
  flattenFailure,
  type WireFailure,
} from "../../wire/flatten_failure.ts";
import { STATE, WORD } from "../shared/control.ts";
import { RecordRing } from "../shared/record_ring.ts";
import type { PortMessage } from "../transport/frame_kinds.ts";
import {
  type Frame,
  FrameReader,
  FrameWriter,
  type NoFrame,
  type Parcel,
} from "../transport/frame_ring.ts";

/** What the loop gives a worker to start with. */
export interface WorkerSetup {
  /** The worker's number in the table of who is alive. */
  readonly id: number;
  readonly control: SharedArrayBuffer;
  readonly requests: SharedArrayBuffer;
  readonly replies: SharedArrayBuffer;
  readonly liveness: SharedArrayBuffer;
  /** The name of the lock that arms the kill switch. */
  readonly lock: string;
  /** Closes when this thread is gone, whatever it was doing: the loop listens. */
  readonly lifeline: MessagePort;
}

/** Where messages go. */
export interface PortOut {
  postMessage(
    message: PortMessage | Parcel,
    transfer?: readonly Transferable[],
  ): void;
}

/** How long to wait at most for space before looking again, in milliseconds. */
const SPACE_SLICE = 50;
/** How long timers and messages may wait for their turn, in milliseconds. */
const TURN = 4;

/** The worker's side of everything it shares with the loop. */
export class WorkerLink {
  /** The shared words. */
  readonly control: Int32Array;
  /** The same memory as 64-bit numbers. */
  readonly numbers: Float64Array;
  readonly #port: PortOut;
  readonly #requests: RecordRing;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  #expecting = false;
  /** When the thread last let timers and messages have their turn. */
  #turnedAt = 0;

  constructor(setup: WorkerSetup, port: PortOut) {
    this.control = new Int32Array(setup.control);
    this.numbers = new Float64Array(setup.control);
    this.#port = port;
    this.#requests = new RecordRing(
      this.control,
      { head: WORD.requestHead, tail: WORD.requestTail },
      setup.requests,
    );
    const replies = new RecordRing(
      this.control,
      { head: WORD.replyHead, tail: WORD.replyTail },
      setup.replies,
    );
    this.#reader = new FrameReader(this.#requests);
    this.#writer = new FrameWriter(
      replies,
      (parcel, transfer) => port.postMessage(parcel, transfer),
    );
  }

  /** How often the bell has rung. */
  get bell(): number {
    return Atomics.load(this.control, WORD.workerBell);
  }

  /** Says over the port, not in order with frames. */
  say(message: PortMessage): void {
    this.#port.postMessage(message);
  }

  /** Says that an error has nobody to take it. */
  sayCrash(error: unknown): void {
    this.say({ say: "crash", failure: cleanFailure(error) });
  }

  /** Notes what the worker does. */
  enter(state: typeof STATE[keyof typeof STATE]): void {
    Atomics.store(this.control, WORD.state, state);
  }

  /** Notes that it loads something, which must not be cut off by a kill. */
  enterLoading(): void {
    this.enter(STATE.loading);
    // Order: said first, then looked. Terminates: it is killed here, or let go.
    while (Atomics.load(this.control, WORD.doomed) === 1) {
      Atomics.wait(this.control, WORD.doomed, 1);
    }
  }

  /** Takes in a parcel, and rings so that the serving loop looks again. */
  arrive(parcel: Parcel): void {
    this.#reader.arrive(parcel);
    this.ringSelf();
  }

  /** Takes the next frame. */
  read(): Frame | NoFrame {
    const frame = this.#reader.read();
    this.#expecting = frame === "expecting";
    if (Atomics.load(this.control, WORD.hostWantsSpace) === 1) this.#ringHost();
    return frame;
  }

  /**
   * Sends a frame; where the ring is full, blocks until the loop has made space.
   *
   * @throws What the port throws where a value cannot be cloned.
   */
  send(frame: Frame, transfer?: readonly Transferable[]): void {
    const { control } = this;
    // Terminates: the loop reads whatever it is sent, or is gone and takes
    // this thread along.
    while (this.#writer.write(frame, transfer) === undefined) {
      const seen = Atomics.load(control, WORD.spaceBell);
      Atomics.store(control, WORD.workerWantsSpace, 1);
      this.#ringHost();
      Atomics.wait(control, WORD.spaceBell, seen, SPACE_SLICE);
    }
    this.#ringHost();
  }

  /** Wakes the serving loop of this thread. */
  ringSelf(): void {
    Atomics.add(this.control, WORD.workerBell, 1);
    Atomics.notify(this.control, WORD.workerBell);
  }

  /**
   * Goes on in a turn of its own that the bell began. In such a turn, and only
   * there, Deno reports that the heap has reached its limit.
   */
  async freshTurn(): Promise<void> {
    const wait = Atomics.waitAsync(this.control, WORD.workerBell, this.bell);
    this.ringSelf();
    if (wait.async) await wait.value;
    this.#turnedAt = performance.now();
  }

  /**
   * Waits for the bell to ring more often than `seen`.
   *
   * @param hungry Whether a new frame is a reason to wake up.
   */
  async park(seen: number, hungry: boolean): Promise<void> {
    const { control } = this;
    Atomics.store(control, WORD.workerParked, 1);
    // Order: parked first, then look, or a frame written in between is slept
    // through.
    if (!(hungry && this.#hasFrame())) {
      const wait = Atomics.waitAsync(control, WORD.workerBell, seen);
      if (wait.async) await wait.value;
      this.#turnedAt = performance.now();
    } else if (performance.now() - this.#turnedAt > TURN) {
      // Fairness: where tasks never cease, timers and messages have their turn.
      await this.freshTurn();
    }
    Atomics.store(control, WORD.workerParked, 0);
  }

  /** A frame may have come that is not waiting for its parcel. */
  #hasFrame(): boolean {
    return !this.#expecting && !this.#requests.isEmpty;
  }

  #ringHost(): void {
    const { control } = this;
    if (Atomics.load(control, WORD.hostParked) !== 1) return;
    Atomics.store(control, WORD.hostParked, 0);
    Atomics.add(control, WORD.hostBell, 1);
    Atomics.notify(control, WORD.hostBell);
  }
}

/** Flattens what was thrown, without the lines that point into the bootstrap. */
export function cleanFailure(error: unknown): WireFailure {
  const failure = flattenFailure(error);
  const errors = failure.errors.map((flat) => ({
    ...flat,
    stack: flat.stack.split("\n").filter((line) =>
      !/^\s+at .*(espalier:worker|data:text\/javascript|\bvm\.[mj]s)/.test(line)
    ).join("\n"),
  }));
  return { root: failure.root, errors };
}
