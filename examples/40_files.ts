// Hashes every file of a folder, two at a time, while the folder is being read.
//
// Watch that no more than two files are open, that the folder is read only when
// there is room for another file, and that the digests keep the order in which the
// files were found. hash_tree.ts does the same as a tool, with a progress line.
//
//     deno run --allow-read=examples examples/40_files.ts [folder]
//
// Args: examples/hash_tree/sample

import { main, mapConcurrent } from "espalier";

let open = 0;
let most = 0;

await main(function* () {
  const files = walk(Deno.args[0] ?? "examples");
  const digests = yield* mapConcurrent(files, digestOf, { concurrency: 2 });
  for (const line of digests) console.log(line);
  console.log(`${open} open now, at most: ${most}`);
});

/** Finds the files below a folder, in order, each when it is asked for. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** An async body: the signal tells it that it is cancelled. */
async function digestOf(path: string, _at: number, signal: AbortSignal) {
  most = Math.max(most, ++open);
  try {
    const bytes = await Deno.readFile(path, { signal });
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return `${new Uint8Array(digest).toHex().slice(0, 8)} ${path}`;
  } finally {
    open--;
  }
}

// Output:
// 6ce96a1d examples/hash_tree/sample/espalier.txt
// 3d6eab6c examples/hash_tree/sample/poems/branches.txt
// 43738347 examples/hash_tree/sample/poems/tasks.txt
// 0 open now, at most: 2
