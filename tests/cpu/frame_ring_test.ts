import assert from "node:assert/strict";
import { RecordRing } from "../../src/cpu/shared/record_ring.ts";
import {
  type Frame,
  FrameReader,
  FrameWriter,
  type Parcel,
} from "../../src/cpu/transport/frame_ring.ts";
import { seeded } from "./support/until.ts";

Deno.test("FrameWriter sends frames that FrameReader gives back in order, round and round the ring", () => {
  const { writer, reader } = pair(1024);
  const random = seeded(1);
  const sent: Frame[] = [];
  const got: Frame[] = [];
  let next = 0;

  while (got.length < 5000) {
    for (let burst = random() * 9; burst > 0; burst--) {
      const frame = frameOf(next, "x".repeat(Math.floor(random() * 40)));
      if (writer.write(frame) === undefined) break;
      sent.push(frame);
      next++;
    }
    for (let burst = random() * 9; burst > 0; burst--) {
      const frame = reader.read();
      if (typeof frame !== "string") got.push(frame);
    }
  }

  assert.deepEqual(got, sent.slice(0, got.length));
});

Deno.test("FrameWriter answers undefined on a full ring, and has space again once one was read", () => {
  const { writer, reader } = pair(256);
  let held = 0;
  while (writer.write(frameOf(held)) !== undefined) held++;

  assert(held >= 4, `${held} frames`);
  assert.equal(writer.write(frameOf(99)), undefined);
  reader.read();
  assert.notEqual(writer.write(frameOf(held)), undefined);
  const rest = [];
  for (let read = reader.read(); typeof read !== "string";) {
    rest.push(read.id);
    read = reader.read();
  }
  assert.deepEqual(rest, Array.from({ length: held }, (_, i) => i + 1));
});

Deno.test("a frame that is too large or too rich takes the port, and keeps its place", () => {
  const { writer, reader, parcels } = pair(1024);
  writer.write(frameOf(1));
  writer.write({ ...frameOf(2), values: [new Map([[1, 2]]), "x"] });
  writer.write({ ...frameOf(3), values: ["y".repeat(5000)] });
  writer.write(frameOf(4));

  const before = [reader.read(), reader.read()];
  for (const parcel of parcels) reader.arrive(parcel);
  const after = [reader.read(), reader.read(), reader.read(), reader.read()];

  assert.deepEqual(before.map(idOf), [1, "expecting"]);
  assert.deepEqual(after.map(idOf), [2, 3, 4, "empty"]);
  assert.deepEqual((after[0] as Frame).values, [new Map([[1, 2]]), "x"]);
});

Deno.test("a frame whose values are moved takes the port however small it is", () => {
  const { writer, parcels, transfers } = pair(1024);
  const buffer = new ArrayBuffer(8);

  writer.write({ ...frameOf(1), values: [buffer] }, [buffer]);

  assert.equal(parcels.length, 1);
  assert.deepEqual(transfers, [[buffer]]);
});

Deno.test("a frame that the port refuses was not sent", () => {
  const { writer, reader } = pair(1024, () => {
    throw new TypeError("cannot clone");
  });

  assert.throws(
    () => writer.write({ ...frameOf(1), values: [new Map()] }),
    TypeError,
  );
  writer.write(frameOf(2));

  assert.equal(idOf(reader.read()), 2);
});

Deno.test("revoke() takes back what was not read, and says no where it was", () => {
  const { writer, reader, ring, parcels } = pair(1024);
  const first = writer.write(frameOf(1))!;
  const second = writer.write(frameOf(2))!;
  const rich = writer.write({ ...frameOf(3), values: [new Map()] })!;
  writer.write({ ...frameOf(4), values: [new Map([[4, 4]])] });

  reader.read();
  const answers = [first, second, second, rich].map((at) => ring.revoke(at));
  reader.arrive(parcels[0]!);
  reader.arrive(parcels[1]!);

  assert.deepEqual(answers, [false, true, false, true]);
  assert.deepEqual(ring.isTaken(first), true);
  assert.deepEqual(ring.isTaken(second), false);
  assert.equal(idOf(reader.read()), 4);
  assert.equal(idOf(reader.read()), "empty");
});

Deno.test("a revoked frame does not wait for a parcel, and drops it when it comes", () => {
  const { writer, reader, ring, parcels } = pair(1024);
  const rich = writer.write({ ...frameOf(1), values: [new Map()] })!;
  writer.write(frameOf(2));
  ring.revoke(rich);

  const second = reader.read();
  reader.arrive(parcels[0]!);
  writer.write({ ...frameOf(3), values: [new Map([[3, 3]])] });
  reader.arrive(parcels[1]!);

  assert.equal(idOf(second), 2);
  assert.deepEqual((reader.read() as Frame).values, [new Map([[3, 3]])]);
});

Deno.test("the positions of a ring may run past 2 ** 31 and past 2 ** 32", () => {
  for (const start of [2 ** 31 - 128, 2 ** 32 - 128]) {
    const { writer, reader, ring } = pair(256, undefined, start | 0);
    for (let id = 0; id < 40; id++) {
      const position = writer.write(frameOf(id))!;
      assert.equal(ring.isTaken(position), false);
      assert.equal(idOf(reader.read()), id);
      assert.equal(ring.isTaken(position), true);
      assert.equal(ring.revoke(position), false);
    }
  }
});

function pair(
  bytes: number,
  refuse?: () => never,
  start = 0,
): {
  writer: FrameWriter;
  reader: FrameReader;
  ring: RecordRing;
  parcels: Parcel[];
  transfers: (readonly Transferable[])[];
} {
  const control = new Int32Array(new SharedArrayBuffer(64));
  control.fill(start);
  const memory = new SharedArrayBuffer(bytes);
  const words = { head: 0, tail: 1 };
  const ring = new RecordRing(control, words, memory);
  const parcels: Parcel[] = [];
  const transfers: (readonly Transferable[])[] = [];
  const writer = new FrameWriter(ring, (parcel, transfer) => {
    refuse?.();
    parcels.push(parcel);
    transfers.push(transfer);
  });
  const reader = new FrameReader(new RecordRing(control, words, memory));
  return { writer, reader, ring, parcels, transfers };
}

function frameOf(id: number, text?: string): Frame {
  const values = text === undefined ? [id] : [id, text, { id }];
  return { kind: 1 + id % 5, id, extra: 7 * id, values };
}

function idOf(read: Frame | string): number | string {
  return typeof read === "string" ? read : read.id;
}
