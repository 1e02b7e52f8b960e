// Hashes every file below a folder, a few at a time, inside one nursery.
//
// A real program: it walks the folder (the repository, if none is given) while
// it hashes what it has found, shows how far it is, and stops cleanly on Ctrl-C
// or when `--within 2s` passes. Watch that it says what it finished and why it
// stopped, and that the digest of the tree does not depend on who was faster.
//
//     deno run --allow-read examples/hash_tree.ts [folder] [--within 2s] [--at-once 8]
//
// Args: examples/hash_tree/sample

import * as Effect from "effect/Effect";
import {
  type CancelScope,
  fromPromise,
  main,
  moveOnAfter,
  type Nursery,
  nursery,
  sleep,
} from "espalier";
import { type Arguments, readArguments } from "./hash_tree/arguments.ts";
import { hashFile } from "./hash_tree/hash_file.ts";
import { ProgressLine } from "./hash_tree/progress_line.ts";
import { Tally } from "./hash_tree/tally.ts";
import { FolderNotRead, walk } from "./hash_tree/walk.ts";

await main(function* () {
  const { folder, within, atOnce } = readArguments(Deno.args);
  const tally = new Tally();
  let scope: CancelScope | undefined;
  let finished = false;
  try {
    yield* moveOnAfter(within, function* (hashing) {
      scope = hashing;
      yield* hashTree(folder, atOnce, tally);
      finished = true;
    }, { name: "--within" });
  } finally {
    // Also runs when the program is cancelled: it tells what was finished.
    tally.report(finished, scope?.cancellation);
  }
});

/** Hashes while it walks, and draws while it hashes. */
function hashTree(folder: Arguments["folder"], atOnce: number, tally: Tally) {
  return nursery(function* (n) {
    const progress = n.startSoon(() => draw(tally), { name: "progress" });
    yield* nursery(function* (hashers: Nursery<FolderNotRead>) {
      const files = walk(folder);
      // Each hasher fetches the next file when it is done with one: the walk
      // never runs ahead, and never are more than `atOnce` files open.
      for (let i = 1; i <= atOnce; i++) {
        hashers.startSoon(() => hashThem(files, tally), {
          name: `hasher-${i}`,
        });
      }
      yield* Effect.void;
    });
    progress.cancel("everything is hashed");
  });
}

function* hashThem(files: ReturnType<typeof walk>, tally: Tally) {
  for (;;) {
    const next = yield* fromPromise(() => files.next(), {
      catch: FolderNotRead.from,
    });
    if (next.done) return;
    const file = next.value;
    tally.found++;
    const hashed = yield* fromPromise((signal) => hashFile(file.url, signal));
    tally.add(file.name, hashed);
  }
}

function* draw(tally: Tally) {
  using line = new ProgressLine();
  for (;;) {
    yield* sleep("100 millis");
    line.show(tally.progress);
  }
}

// Output:
// hashed 3 files, 301 bytes
// digest of the tree: e32f51e79a611b3e4a29fb9b7b124e2c74507204ac7145c1e507682cad75eab3
