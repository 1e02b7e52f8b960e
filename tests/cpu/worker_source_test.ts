import process from "node:process";
import assert from "node:assert/strict";
import {
  WORKER_SOURCE_FILE,
  workerSourceModule,
} from "../../scripts/build_worker.ts";
import { type Bundle, bundle } from "../../scripts/bundle.ts";
import {
  WORKER_BOOTSTRAP,
  WORKER_PROGRAM,
} from "../../src/cpu/worker_source.ts";

Deno.test("src/cpu/worker_source.ts is what `deno task build:worker` writes", () => {
  assert(
    Deno.readTextFileSync(WORKER_SOURCE_FILE) === workerSourceModule(),
    "Cannot use src/cpu/worker_source.ts: src/cpu/worker has changed since; run `deno task build:worker`",
  );
});

Deno.test("the program of a worker loads builtins of Deno, and nothing else", () => {
  const imports = [...WORKER_BOOTSTRAP.matchAll(/^import .* from "(.*)";$/gm)]
    .map(([, from]) => from);

  assert.deepEqual(imports, [
    "node:buffer",
    "node:module",
    "node:process",
    "node:util",
    "node:v8",
    "node:vm",
    "node:worker_threads",
    "node:worker_threads",
  ]);
  assert.doesNotMatch(WORKER_PROGRAM, /^import\b(?!\()/m);
  assert(WORKER_PROGRAM.length < 100_000, `${WORKER_PROGRAM.length} long`);
});

Deno.test("bundle() runs every module once, after what it imports, each with its own names", () => {
  const { program, bootstrap } = bundled({
    "main.ts": `
import { add, LIMIT } from "./add.ts";
import { twice } from "./twice.ts";
import process from "node:process";
const own = "main";
/** Starts. */
export function start(): void {
  // a comment
  Reflect.set(globalThis, "bundled", [add(1, LIMIT), twice(own), typeof process.pid]);
}`,
    "add.ts": `
const own: number = 10;
export const LIMIT = own;
export interface Unused { readonly a: string }
export function add<A extends number>(a: A, b: number): number {
  return a + b + own;
}`,
    "twice.ts": `
import { add, type Unused } from "./add.ts";
const own = 5;
export function twice(text: string): string {
  return text + text + add(own, 0);
}`,
  });

  new Function("builtins", program)({ "node:process": { default: process } });

  const result = Reflect.get(globalThis, "bundled");
  Reflect.deleteProperty(globalThis, "bundled");
  assert.match(bootstrap, /^import \* as \$0 from "node:process";$/m);
  assert.deepEqual(result, [21, "mainmain15", "number"]);
});

Deno.test("bundle() refuses what it would get wrong", () => {
  const refused = {
    "a default export": "export default function start() {}",
    "a re-export": `export * from "./add.ts";`,
    "a list of exports": "const a = 1;\nexport { a };",
    "a side effect": `import "./add.ts";\nexport function start() {}`,
    "text over two lines": "export const start = `\n`;",
    "a gap in a text": `export const start = "a   b";`,
  };
  for (const [what, source] of Object.entries(refused)) {
    assert.throws(
      () => bundled({ "main.ts": source, "add.ts": "" }),
      /Cannot bundle/,
      what,
    );
  }
});

function bundled(files: Readonly<Record<string, string>>): Bundle {
  const root = "file:///bundle/";
  return bundle(
    new URL(`${root}main.ts`),
    "start",
    (url) => files[url.href.slice(root.length)]!,
  );
}
