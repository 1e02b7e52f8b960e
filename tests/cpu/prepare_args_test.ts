import assert from "node:assert/strict";
import {
  prepareArgs,
  snapshotArgs,
} from "../../src/cpu/transport/prepare_args.ts";
import { thawed } from "../../src/wire/frozen_data.ts";
import { move } from "../../src/cpu/worker/mod.ts";
import { handleOf } from "./support/shared_handles.ts";

Deno.test("prepareArgs() passes primitives on as they are, and takes plain data down", () => {
  const args = [1, "two", null, undefined];
  const data = { three: [3] };
  const prepared = prepareArgs(args);
  const frozen = prepareArgs([...args, data]);
  data.three.push(4);

  assert.equal(prepared.values, args);
  assert.deepEqual(prepared.transfer, []);
  assert.equal(prepared.shared, false);
  assert.deepEqual(thawed(frozen.values), [...args, { three: [3] }]);
});

Deno.test("prepareArgs() takes what is moved away at once, and only that", () => {
  const moved = new Float64Array([1, 2]);
  const kept = new Float64Array([3, 4]);

  const prepared = prepareArgs([move({ moved }), { kept }]);

  assert.equal(moved.buffer.detached, true);
  assert.equal(kept.buffer.detached, false);
  assert.deepEqual(prepared.values, [
    { moved: new Float64Array([1, 2]) },
    { kept: new Float64Array([3, 4]) },
  ]);
  const [first] = prepared.values as [{ moved: Float64Array }];
  assert.deepEqual(prepared.transfer, [first.moved.buffer]);
});

Deno.test("prepareArgs() moves what the options name, once, wherever it stands", () => {
  const buffer = new ArrayBuffer(8);

  const prepared = prepareArgs([move(buffer), { again: buffer }], [buffer]);

  assert.equal(buffer.detached, true);
  assert.equal(prepared.transfer.length, 1);
  const [first, second] = prepared.values as [ArrayBuffer, { again: unknown }];
  assert.equal(first, second.again);
});

Deno.test("prepareArgs() refuses by path, before anything is moved", () => {
  const buffer = new ArrayBuffer(8);
  const refused: [unknown, string][] = [
    [{ deep: { headers: new Headers() } }, "args[1].deep.headers"],
    [() => 1, "args[1]"],
    [Symbol(), "args[1]"],
    [{ nested: move(buffer) }, "args[1].nested"],
    [move({ call: () => 1 }), "args[1].call"],
  ];
  for (const [bad, path] of refused) {
    assert.throws(() => prepareArgs([move(buffer), bad]), {
      _tag: "NotSerializable",
      path,
    });
    assert.equal(buffer.detached, false);
  }
});

Deno.test("prepareArgs() says what the platform alone can know", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  assert.throws(() => prepareArgs([move(memory.buffer)]), {
    _tag: "NotSerializable",
    path: "args",
  });
});

Deno.test("prepareArgs() sees shared primitives, which a copy keeps shared", () => {
  class Lock {
    readonly $espalierShared = handleOf("lock", new SharedArrayBuffer(8))
      .$espalierShared;
  }
  const lock = new Lock();
  const prepared = prepareArgs([{ lock }, 1]);
  const [copy] = snapshotArgs(prepared).values as [{ lock: Lock }];

  assert.equal(prepared.shared, true);
  new Int32Array(copy.lock.$espalierShared.memory)[0] = 7;
  assert.equal(new Int32Array(lock.$espalierShared.memory)[0], 7);
});

Deno.test("snapshotArgs() copies what the caller may still change", () => {
  const list = [1];
  const rich = new Map([[1, "one"]]);
  const prepared = snapshotArgs(prepareArgs([list, "x"]));
  const richer = snapshotArgs(prepareArgs([list, rich]));
  list.push(2);
  rich.clear();
  const plain = prepareArgs([1, "x", null]);

  assert.deepEqual(thawed(prepared.values), [[1], "x"]);
  assert.deepEqual(richer.values, [[1], new Map([[1, "one"]])]);
  assert.equal(snapshotArgs(plain), plain);
});
