import assert from "node:assert/strict";
import { nodesUnder, parseModule } from "./_syntax.ts";
import { readSources, ROOT, type Tree } from "./_tree.ts";

const sources = readSources();

Deno.test("a module of src only declares: nothing at its top level does anything", () => {
  assert.deepEqual(doing(sources), []);
  assert.deepEqual(
    doing(
      new Map([[
        "src/core/a.ts",
        `
import { Worker } from "node:worker_threads";
export const fine = Object.freeze(new Map([[1, () => setTimeout(f, 1)]]));
export class Fine { static readonly key = Symbol("fine"); }
export function f(): void { console.log("called, not loaded"); }
f();
for (const a of []) a();
export const late: string = await Promise.resolve("");
const timer = setInterval(f, 1);
const home = Deno.env.get("HOME");
globalThis.x = 1;
`,
      ]]),
    ),
    [
      "src/core/a.ts:6 is an ExpressionStatement",
      "src/core/a.ts:7 is a ForOfStatement",
      "src/core/a.ts:8 awaits",
      "src/core/a.ts:9 touches setInterval",
      "src/core/a.ts:10 touches Deno",
      "src/core/a.ts:11 is an ExpressionStatement",
    ],
  );
});

Deno.test("importing any entry changes no global, asks for nothing, and lets the process end", async () => {
  const entries = [...sources.keys()]
    .filter((path) => /^(mod|src\/[^/]+\/mod)\.ts$/.test(path));

  for (const entry of entries) assert.equal(await traces(entry), "", entry);
  assert.match(
    await traces("tests/fixtures/architecture/leaves_a_global.ts"),
    /^a global: leftBehind/,
  );
  assert.match(
    await traces("tests/fixtures/architecture/asks_to_read.ts"),
    /Requires read access/,
  );
});

const DECLARATIONS = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ExportDefaultDeclaration",
  "FunctionDeclaration",
  "ClassDeclaration",
  "VariableDeclaration",
  "EmptyStatement",
]);

/** Globals that a declaration has no business to touch while a module loads. */
const WORLD =
  /^(Deno|process|console|fetch|set(Timeout|Interval|Immediate)|queueMicrotask|addEventListener|Worker|location)$/;

function doing(tree: Tree): string[] {
  return [...tree].flatMap(([path, source]) =>
    parseModule(source).body.flatMap((statement) => {
      const where = `${path}:${statement.loc!.start.line}`;
      if (!DECLARATIONS.has(statement.type)) {
        const article = /^[AEIOU]/.test(statement.type) ? "an" : "a";
        return [`${where} is ${article} ${statement.type}`];
      }
      if (statement.type === "ImportDeclaration") return [];
      return [...deedsOf(statement)].map((deed) => `${where} ${deed}`);
    })
  );
}

/** What a declaration does when it is evaluated, function bodies left out. */
function* deedsOf(
  declaration: Parameters<typeof nodesUnder>[0],
): Generator<string> {
  const evaluated = nodesUnder(
    declaration,
    ({ type }) => !/Function|^MethodDefinition$/.test(type),
  );
  for (const node of evaluated) {
    if (node.type === "AwaitExpression") yield "awaits";
    if (node.type === "Identifier" && WORLD.test(node.name)) {
      yield `touches ${node.name}`;
    }
  }
}

/** What loading a module leaves behind, in words, `""` for nothing. */
async function traces(module: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "--preload=tests/fixtures/architecture/tell_new_globals.ts",
      module,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    // A process that a timer keeps alive is ended, and fails the test.
    signal: AbortSignal.timeout(20_000),
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
