// Frames over a ring: what is small is written into shared memory; what is
// large, rich or moved goes over the message port, and a record in the ring
// keeps its place, so that frames arrive in the order in which they were sent
// whichever road they took.
//
// This file is bundled into the worker: it imports nothing of ours but wire and
// shared.

import { thawed } from "../../wire/frozen_data.ts";
import { PayloadWriter, readPayload } from "../../wire/payload.ts";
import { RECORD_HEADER, type RecordRing } from "../shared/record_ring.ts";

/** One message between the loop and a worker. */
export interface Frame {
  /** What it says: a number that both sides agree on. */
  readonly kind: number;
  /** The task it belongs to. */
  readonly id: number;
  /** One more number; what it means depends on the kind. */
  readonly extra: number;
  /** What it carries. */
  readonly values: readonly unknown[];
}

/** What travels over the message port for a frame. */
export interface Parcel {
  /** Which frame it belongs to. */
  readonly parcel: number;
  readonly values: readonly unknown[];
}

/** Sends a parcel over the message port. */
export type PostParcel = (
  parcel: Parcel,
  transfer: readonly Transferable[],
) => void;

const NOTHING: readonly Transferable[] = [];
const KIND_BITS = 0xff, COUNT_SHIFT = 8, COUNT_BITS = 0xff;
const OUT_OF_BAND = 1 << 16;

/** The writing end. */
export class FrameWriter {
  readonly #ring: RecordRing;
  readonly #post: PostParcel;
  readonly #payload = new PayloadWriter();
  #parcels = 0;

  constructor(ring: RecordRing, post: PostParcel) {
    this.#ring = ring;
    this.#post = post;
  }

  /**
   * Writes a frame.
   *
   * @returns The position of its record, or `undefined` where the ring is full.
   * @throws What the message port throws where a value cannot be cloned; then
   * nothing was sent.
   */
  write(
    frame: Frame,
    transfer: readonly Transferable[] = NOTHING,
  ): number | undefined {
    const ring = this.#ring;
    const payload = transfer.length > 0 || frame.values.length > COUNT_BITS
      ? -1
      : this.#payload.measure(frame.values);
    const inline = payload >= 0 && RECORD_HEADER + payload <= ring.largest;
    const offset = ring.reserve(RECORD_HEADER + (inline ? payload : 8));
    if (offset < 0) return undefined;
    let end = offset + RECORD_HEADER;
    let what = frame.kind;
    if (inline) {
      what |= frame.values.length << COUNT_SHIFT;
      end = this.#payload.write(ring.region, end);
    } else {
      const parcel = this.#parcels = (this.#parcels + 1) | 0;
      this.#post({ parcel, values: thawed(frame.values) }, transfer);
      what |= OUT_OF_BAND;
      ring.region.words[end >> 2] = parcel;
      end += 8;
    }
    const { words } = ring.region;
    words[(offset >> 2) + 1] = what;
    words[(offset >> 2) + 2] = frame.id;
    words[(offset >> 2) + 3] = frame.extra;
    return ring.commit(offset, end);
  }
}

/** Why {@linkcode FrameReader.read} has no frame to give. */
export type NoFrame = "empty" | "expecting";

/** The reading end. */
export class FrameReader {
  readonly #ring: RecordRing;
  readonly #parcels = new Map<number, readonly unknown[]>();
  readonly #unwanted = new Set<number>();

  constructor(ring: RecordRing) {
    this.#ring = ring;
  }

  /** How many parcels have come whose frames have not been read. */
  get parcels(): number {
    return this.#parcels.size;
  }

  /** Takes in what came over the message port. */
  arrive(parcel: Parcel): void {
    if (this.#unwanted.delete(parcel.parcel)) return;
    this.#parcels.set(parcel.parcel, parcel.values);
  }

  /**
   * Takes the oldest frame that was not revoked.
   *
   * @returns The frame; `"expecting"` where its parcel is still on the way.
   */
  read(): Frame | NoFrame {
    const ring = this.#ring;
    const { words } = ring.region;
    // Terminates: each turn but the last gives a record back.
    for (;;) {
      const offset = ring.next();
      if (offset < 0) return "empty";
      const at = offset >> 2;
      const what = words[at + 1]!;
      const beside = (what & OUT_OF_BAND) !== 0;
      const parcel = beside ? words[(offset + RECORD_HEADER) >> 2]! : 0;
      if (beside && !this.#parcels.has(parcel) && !ring.isRevoked(offset)) {
        return "expecting";
      }
      if (!ring.take(offset)) {
        if (beside && !this.#parcels.delete(parcel)) this.#unwanted.add(parcel);
        ring.release();
        continue;
      }
      const frame = {
        kind: what & KIND_BITS,
        id: words[at + 2]!,
        extra: words[at + 3]!,
        values: beside ? this.#claim(parcel) : readPayload(
          ring.region,
          offset + RECORD_HEADER,
          (what >> COUNT_SHIFT) & COUNT_BITS,
        ),
      };
      ring.release();
      return frame;
    }
  }

  #claim(parcel: number): readonly unknown[] {
    const values = this.#parcels.get(parcel)!;
    this.#parcels.delete(parcel);
    return values;
  }
}
