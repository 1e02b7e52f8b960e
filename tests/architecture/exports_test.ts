import assert from "node:assert/strict";
import { type Declaration, exportsOf } from "./_api.ts";
import { withoutComments } from "./_imports.ts";
import { readSources, ROOT, type Tree } from "./_tree.ts";

/** The rooms that the front door opens onto; the others have doors of their own. */
const BEHIND_THE_FRONT_DOOR = [
  "core",
  "sync",
  "channels",
  "combinators",
  "interop",
];

/** A room whose entry is for the rooms above it, and for nobody else. */
const INTERNAL = ["src/wire/mod.ts"];

/**
 * Of the functions, classes and constants, this share at the least is to be found
 * by the name of its file; the aim is 0.9. A type lies with what it is about.
 */
const FINDABLE = 0.7;

const sources = readSources();
const config: Config = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
);

Deno.test("deno.json exports every entry that is there, and no other", () => {
  assert.deepEqual(misplaced(sources, config), []);
  assert.deepEqual(
    misplaced(
      new Map([["src/sync/mod.ts", ""], ["src/wire/mod.ts", ""]]),
      {
        exports: { ".": "./mod.ts", "./core": "./src/core/mod.ts" },
        imports: {},
      },
    ),
    [
      "exports lacks ./sync: ./src/sync/mod.ts",
      "imports lacks espalier/sync: ./src/sync/mod.ts",
      "exports ./mod.ts, which is not there",
      "exports ./src/core/mod.ts, which is not there",
    ],
  );
});

Deno.test("an entry re-exports and does nothing else", () => {
  assert.deepEqual(busyEntries(sources), []);
  assert.deepEqual(
    busyEntries(
      new Map([
        ["mod.ts", `/** A. */\nexport {\n  a,\n  b,\n} from "./a.ts";\n`],
        [
          "src/a/mod.ts",
          `export type { A } from "./a.ts";\nexport * from "./b.ts";`,
        ],
        ["src/b/mod.ts", `export { a } from "./a.ts";\nexport const b = 1;`],
        ["src/b/b.ts", `export const b = 1;`],
      ]),
    ),
    ["src/b/mod.ts"],
  );
});

Deno.test("the front door opens onto every name of the rooms behind it", async () => {
  const front = sources.has("mod.ts") ? await exportsOf("mod.ts") : [];
  const rooms = BEHIND_THE_FRONT_DOOR.map((room) => `src/${room}/mod.ts`)
    .filter((entry) => sources.has(entry));
  const behind = (await Promise.all(rooms.map(exportsOf))).flat();

  assert.deepEqual(lacking(front, behind), []);
  assert.deepEqual(
    lacking([declared("run", "a.ts")], [
      declared("run", "a.ts"),
      declared("Lock", "b.ts"),
    ]),
    ["Lock of b.ts"],
  );
});

Deno.test("most public names are found by the name of their file", async () => {
  const entries = [...sources.keys()].filter((path) =>
    /^src\/.*\/mod\.ts$/.test(path)
  );
  const names = (await Promise.all(entries.map(exportsOf))).flat()
    .filter(({ kind }) => !/interface|typeAlias/.test(kind));
  const hidden = names.filter((it) => !isFindable(it));

  assert.ok(
    hidden.length <= names.length * (1 - FINDABLE),
    `Cannot find ${hidden.length} of ${names.length} names by their file: ${
      hidden.map(({ name, file }) => `${name} in ${file}`).join(", ")
    }`,
  );
  assert.deepEqual(
    [
      declared("CancelScopeOptions", "src/core/cancel_scope.ts"),
      declared("checkpointIfCancelled", "src/core/checkpoint.ts"),
      declared("ChannelClosed", "src/channels/errors.ts"),
      declared("gather", "src/combinators/gather.ts"),
      declared("moveOnAfter", "src/core/timeouts.ts"),
    ].map(isFindable),
    [true, true, true, true, false],
  );
});

interface Config {
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

function declared(name: string, file: string): Declaration {
  return { name, file, kind: "function", def: {} };
}

/** Lists what deno.json says of the entries and is not so, or is not said. */
function misplaced(tree: Tree, { exports, imports }: Config): string[] {
  const entries = [...tree.keys()].filter((path) =>
    /^(mod|src\/.*\/mod)\.ts$/.test(path) && !INTERNAL.includes(path)
  );
  const lacking = entries.flatMap((path) => {
    const room = path.replace(/^(src\/)?/, "").replace(/\/?mod\.ts$/, "");
    const key = room === "" ? "." : `./${room}`;
    const name = room === "" ? "espalier" : `espalier/${room}`;
    return [
      ...(exports[key] === `./${path}`
        ? []
        : [`exports lacks ${key}: ./${path}`]),
      ...(imports[name] === `./${path}`
        ? []
        : [`imports lacks ${name}: ./${path}`]),
    ];
  });
  const targets = Object.values(exports)
    .filter((target) => !tree.has(target.replace("./", "")))
    .map((target) => `exports ${target}, which is not there`);
  return [...lacking, ...targets];
}

function busyEntries(tree: Tree): string[] {
  return [...tree].filter(([path, source]) => {
    const rest = withoutComments(source)
      .replace(/^export (?:type )?(?:\*|\{[^}]*\}) from "[^"]+";/gm, "");
    return /(^|\/)mod\.ts$/.test(path) && rest.trim() !== "";
  }).map(([path]) => path);
}

function lacking(
  front: readonly Declaration[],
  behind: readonly Declaration[],
): string[] {
  const open = new Set(front.map(({ name }) => name));
  return behind.filter(({ name }) => !open.has(name))
    .map(({ name, file }) => `${name} of ${file}`);
}

/** Whether the file's name is in the name, or the name in the file's. */
function isFindable({ name, file }: Declaration): boolean {
  const stem = file.split("/").at(-1)!.replace(".ts", "").replaceAll("_", "");
  const flat = name.toLowerCase();
  if (stem.endsWith("errors")) return true;
  return flat.includes(stem.replace(/s$/, "")) || stem.includes(flat);
}
