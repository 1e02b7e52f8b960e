import assert from "node:assert/strict";
import { WORD } from "../../src/cpu/shared/control.ts";
import { RecordRing } from "../../src/cpu/shared/record_ring.ts";
import type { Frame } from "../../src/cpu/transport/frame_ring.ts";
import {
  FrameReader,
  FrameWriter,
} from "../../src/cpu/transport/frame_ring.ts";
import { HostLink, linkMemory } from "../../src/cpu/transport/host_link.ts";
import { pause, until } from "./support/until.ts";

// The worker's side is played by the test, so that every order can be forced.

Deno.test("HostLink hands on a frame that came between its last look and its sleep", async () => {
  const { link, reply, control, got, onSpace } = play();
  onSpace.run = () => reply(2);
  Atomics.store(control, WORD.hostWantsSpace, 1);
  reply(1);

  link.open();
  await until(() => got.length === 2);

  assert.deepEqual(got, [1, 2]);
  link.close();
});

Deno.test("HostLink wakes when its bell rings, and hears nothing after close()", async () => {
  const { link, reply, ringHost, control, got } = play();
  link.open();
  await until(() => Atomics.load(control, WORD.hostParked) === 1);
  reply(1);
  ringHost();
  await until(() => got.length === 1);
  reply(2);
  link.close();
  reply(3);
  ringHost();
  await pause(5);

  assert.deepEqual(got, [1, 2]);
});

Deno.test("HostLink asks for space once it has none, and is told when there is some", () => {
  const { link, control, requests, onSpace } = play(256);
  let sent = 0;
  while (link.trySend(frameOf(sent)) !== undefined) sent++;
  let told = 0;
  onSpace.run = () => told++;

  assert.equal(Atomics.load(control, WORD.hostWantsSpace), 1);
  requests.read();
  link.open();

  assert.equal(told, 1);
  assert.notEqual(link.trySend(frameOf(sent)), undefined);
  link.close();
});

Deno.test("HostLink makes space known to a worker that waits for it", async () => {
  const { link, reply, control, got } = play();
  reply(1);
  Atomics.store(control, WORD.workerWantsSpace, 1);
  const before = Atomics.load(control, WORD.spaceBell);

  link.open();
  await until(() => got.length === 1);

  assert.equal(Atomics.load(control, WORD.workerWantsSpace), 0);
  assert.equal(Atomics.load(control, WORD.spaceBell), before + 1);
  link.close();
});

Deno.test("HostLink rings a worker that sleeps, and lets one that is awake be", () => {
  const { link, control } = play();
  const bell = () => Atomics.load(control, WORD.workerBell);
  link.trySend(frameOf(1));
  link.wake();
  const awake = bell();
  Atomics.store(control, WORD.workerParked, 1);
  link.trySend(frameOf(2));
  link.trySend(frameOf(3));
  const asleep = bell();
  link.wake();
  link.wake();
  const woken = bell();
  link.cancel(7);

  assert.deepEqual([awake, asleep, woken, bell()], [0, 0, 1, 2]);
  assert.equal(Atomics.load(control, WORD.cancel), 7);
});

Deno.test("HostLink looks once more before the turn ends in which it has sent", async () => {
  const { link, reply, control, got } = play();
  const isParked = () => Atomics.load(control, WORD.hostParked);
  link.open();
  const before = isParked();
  link.trySend(frameOf(1));
  link.wake();
  const meanwhile = isParked();
  reply(1);
  await undefined;

  assert.deepEqual([before, meanwhile, isParked()], [1, 0, 1]);
  assert.deepEqual(got, [1]);
  link.close();
});

Deno.test("HostLink pauses after some frames, and after the last", () => {
  const { link, reply, got, pauses } = play(8192);
  for (let id = 1; id <= 140; id++) reply(id);
  link.open();

  assert.equal(got.length, 140);
  assert.deepEqual(pauses, [128, 140]);
  link.close();
});

Deno.test("a reader keeps no parcel of a frame that was revoked", () => {
  const { link, requests, parcels } = play();
  const position = link.trySend({ ...frameOf(1), values: [new Map()] })!;
  link.revoke(position);
  const read = requests.read();
  requests.arrive(parcels[0]!);

  assert.equal(read, "empty");
  assert.equal(requests.parcels, 0);
});

function play(bytes = 4096) {
  const memory = linkMemory(bytes);
  const control = new Int32Array(memory.control);
  const got: number[] = [];
  const pauses: number[] = [];
  const onSpace = { run: () => {} };
  const parcels: { parcel: number; values: readonly unknown[] }[] = [];
  const link = new HostLink(memory, (parcel) => parcels.push(parcel), {
    onFrame: ({ id }: Frame) => got.push(id),
    onPause: () => pauses.push(got.length),
    onSpace: () => onSpace.run(),
  });
  const replies = new RecordRing(
    control,
    { head: WORD.replyHead, tail: WORD.replyTail },
    memory.replies,
  );
  const writer = new FrameWriter(replies, () => {});
  const requests = new FrameReader(
    new RecordRing(
      control,
      { head: WORD.requestHead, tail: WORD.requestTail },
      memory.requests,
    ),
  );
  const ringHost = () => {
    Atomics.add(control, WORD.hostBell, 1);
    Atomics.notify(control, WORD.hostBell);
  };
  const reply = (id: number) => writer.write(frameOf(id));
  return {
    link,
    reply,
    ringHost,
    control,
    got,
    pauses,
    onSpace,
    requests,
    parcels,
  };
}

function frameOf(id: number): Frame {
  return { kind: 1, id, extra: 0, values: [id] };
}
