// What is offered for concurrency is explored: a primitive that comes new has to
// come with an exploration.

import assert from "node:assert/strict";
import * as channels from "espalier/channels";
import * as combinators from "espalier/combinators";
import * as core from "espalier/core";
import * as sync from "espalier/sync";

/** What has nothing that could interleave, or is part of every exploration. */
const NOT_BY_ITSELF: readonly string[] = [
  // Every exploration is a run.
  ...["main", "run", "runExit"],
  // They only read or describe.
  ...["Cancellation", "cancellationOf", "taskPathOf"],
  ...["currentEffectiveDeadline", "currentTask", "now"],
  // The same as something else.
  ...["taskGroup", "moveOnAt", "failAt", "sleepUntil"],
];

for (
  const [room, offered] of Object.entries({ channels, combinators, core, sync })
) {
  Deno.test(`every primitive of ${room} is explored`, async () => {
    const explored = await imports(new URL("./", import.meta.url));
    const missing = Object.entries(offered)
      .filter(([name, value]) => !isError(value) && !explored.has(name))
      .map(([name]) => name)
      .filter((name) => !NOT_BY_ITSELF.includes(name));

    assert.deepEqual(missing, []);
  });
}

function isError(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Error;
}

/** The names that the explorations of all rooms import from Espalier. */
async function imports(folder: URL): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    const room = new URL(`${name}/`, folder);
    for await (const file of Deno.readDir(room)) {
      const source = await Deno.readTextFile(new URL(file.name, room));
      for (const [, names] of source.matchAll(IMPORT)) {
        for (const [word] of names!.matchAll(/\w+/g)) found.add(word);
      }
    }
  }
  return found;
}

const IMPORT = /import \{([^}]*)\} from "espalier/g;
