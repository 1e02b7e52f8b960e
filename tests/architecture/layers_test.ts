import assert from "node:assert/strict";
import { type Import, importsOf } from "./_imports.ts";
import { readSources, roomOf, roomsOf, type Tree } from "./_tree.ts";

// The floor plan: for each room, the rooms below it that it may import.
// Changing it is a decision: write it down in docs/adr.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sync: ["core"],
  channels: ["core"],
  combinators: ["core", "sync", "channels"],
  interop: ["core", "channels"],
  wire: ["core"],
  cpu: ["core", "sync", "channels", "wire"],
  testing: ["core", "sync", "channels"],
};

// The windows: the modules of Effect that only some rooms may look through.
const WINDOWS: Readonly<Record<string, readonly string[]>> = {
  Scheduler: ["core", "testing"],
  Schedule: ["combinators"],
  Semaphore: ["sync", "channels"],
  Latch: ["sync", "channels"],
  Queue: ["sync", "channels"],
  PubSub: ["sync", "channels"],
  Stream: ["channels", "interop"],
  Tracer: ["core", "testing"],
};

const sources = readSources();

Deno.test("every room stands on the floor plan", () => {
  assert.deepEqual(unplanned(sources), []);
  assert.deepEqual(unplanned(new Map([["src/attic/box.ts", ""]])), ["attic"]);
});

Deno.test("a room imports only the rooms that the plan puts below it", () => {
  assert.deepEqual(upward(sources), []);
  assert.deepEqual(
    upward(planted({
      "src/core/run.ts": `import {\n  Lock,\n} from "../sync/lock.ts";`,
      "src/sync/lock.ts": `import type { Task } from "../core/task.ts";`,
      "src/interop/a.ts": `export { b } from "../sync/b.ts";`,
      "src/cpu/a.ts": `const { c } = await import("../combinators/c.ts");`,
      "src/core/mod.ts": `export * from "../sync/mod.ts";`,
    })),
    [
      "src/core/run.ts imports src/sync/lock.ts",
      "src/interop/a.ts imports src/sync/b.ts",
      "src/cpu/a.ts imports src/combinators/c.ts",
      "src/core/mod.ts imports src/sync/mod.ts",
    ],
  );
});

Deno.test("a file of src imports the file that defines; only a mod.ts re-exports", () => {
  assert.deepEqual(viaFacade(sources), []);
  assert.deepEqual(
    viaFacade(planted({
      "src/sync/lock.ts": `import { Task } from "../core/mod.ts";`,
      "src/sync/mod.ts": `export { Lock } from "./lock.ts";`,
      "src/core/scope.ts": `export * from "./task.ts";`,
      "src/core/run.ts": `import { run } from "../../mod.ts";`,
      "mod.ts": `export * from "./src/core/mod.ts";`,
    })),
    [
      "src/sync/lock.ts imports src/core/mod.ts",
      "src/core/scope.ts re-exports",
      "src/core/run.ts imports mod.ts",
    ],
  );
});

Deno.test("a file whose name begins with _ is imported only from its own folder", () => {
  assert.deepEqual(trespassing(sources), []);
  assert.deepEqual(
    trespassing(planted({
      "src/core/scope.ts": `import { walk } from "./_scope_tree.ts";`,
      "src/cpu/worker/entry.ts": `import { load } from "../_load.ts";`,
      "src/sync/lock.ts": `import { walk } from "../core/_scope_tree.ts";`,
    })),
    ["src/sync/lock.ts imports src/core/_scope_tree.ts"],
  );
});

Deno.test("no file reaches itself through its imports, of types included", () => {
  assert.equal(firstCycle(sources), undefined);
  assert.equal(
    firstCycle(planted({
      "src/core/a.ts": `import { b } from "./b.ts";`,
      "src/core/b.ts":
        `import { d } from "./d.ts";\nimport type { C } from "./c.ts";`,
      "src/core/c.ts": `export { a } from "./a.ts";`,
      "src/core/d.ts": ``,
    })),
    "src/core/a.ts > src/core/b.ts > src/core/c.ts > src/core/a.ts",
  );
});

Deno.test("only the rooms with a window import a guarded module of Effect", () => {
  assert.deepEqual(throughWalls(sources), []);
  assert.deepEqual(
    throughWalls(planted({
      "src/core/a.ts": `import * as S from "npm:effect@^4.1.0/Scheduler";`,
      "src/sync/a.ts": `import * as S from "npm:effect@^4.1.0/Scheduler";`,
      "src/sync/b.ts": `import * as E from "npm:effect@^4.1.0/Effect";`,
    })),
    ["src/sync/a.ts imports npm:effect@^4.1.0/Scheduler"],
  );
});

function planted(files: Record<string, string>): Tree {
  return new Map(Object.entries(files));
}

function unplanned(tree: Tree): string[] {
  return roomsOf(tree).filter((room) => MAY_IMPORT[room] === undefined);
}

function upward(tree: Tree): string[] {
  return importsOf(tree).filter(({ from, to }) =>
    roomOf(from) !== "" && to !== undefined && roomOf(to) !== roomOf(from) &&
    !MAY_IMPORT[roomOf(from)]?.includes(roomOf(to))
  ).map(inWords);
}

function viaFacade(tree: Tree): string[] {
  const isFacade = (path: string) => /(^|\/)mod\.ts$/.test(path);
  return [...tree].filter(([path]) => !isFacade(path)).flatMap(
    ([path, source]) => {
      const imports = importsOf(new Map([[path, source]]))
        .filter(({ to }) => to !== undefined && isFacade(to)).map(inWords);
      const reExports = /^export (?:type )?(?:\*|\{[^}]*\} from)/m.test(source);
      return reExports ? [...imports, `${path} re-exports`] : imports;
    },
  );
}

function trespassing(tree: Tree): string[] {
  return importsOf(tree).filter(({ from, to }) => {
    const home = to?.match(/^(.*\/)_[^/]+$/)?.[1];
    return home !== undefined && !from.startsWith(home);
  }).map(inWords);
}

function throughWalls(tree: Tree): string[] {
  return importsOf(tree).filter(({ from, specifier }) => {
    const module = specifier.match(/^npm:effect@[^/]*\/(.+)$/)?.[1] ?? "";
    return WINDOWS[module]?.includes(roomOf(from)) === false;
  }).map(inWords);
}

/** Finds one cycle by depth-first search, as a path, or `undefined`. */
function firstCycle(tree: Tree): string | undefined {
  const imports = Map.groupBy(importsOf(tree), ({ from }) => from);
  const finished = new Set<string>();

  function visit(file: string, trail: readonly string[]): string | undefined {
    if (trail.includes(file)) {
      return [...trail.slice(trail.indexOf(file)), file].join(" > ");
    }
    if (finished.has(file)) return undefined;
    for (const { to } of imports.get(file) ?? []) {
      const cycle = to && visit(to, [...trail, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return undefined;
  }

  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function inWords({ from, specifier, to }: Import): string {
  return `${from} imports ${to ?? specifier}`;
}
