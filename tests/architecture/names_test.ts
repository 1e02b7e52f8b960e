import assert from "node:assert/strict";
import { type Declaration, exportsOf } from "./_api.ts";
import { readSources, readTree, type Tree } from "./_tree.ts";

/** `InternalError` is the contract's; every other error is named for a state of affairs. */
const NAMED_ERROR = ["ConcurrencyError", "InternalError"];

const sources = readSources();

Deno.test("a file is named for its idea, in snake case", () => {
  assert.deepEqual(vagueFiles(sources), []);
  assert.deepEqual(
    vagueFiles(
      new Map([
        ["src/core/cancel_scope.ts", ""],
        ["src/core/_scope_tree.ts", ""],
        ["src/core/utils.ts", ""],
        ["src/core/_types.ts", ""],
        ["src/core/cancelScope.ts", ""],
      ]),
    ),
    ["src/core/utils.ts", "src/core/_types.ts", "src/core/cancelScope.ts"],
  );
});

Deno.test("a public name says what it is, in the words of the glossary", async () => {
  const entries = [...sources.keys()].filter((path) => /mod\.ts$/.test(path));
  const named = (await Promise.all(entries.map(exportsOf))).flat();

  assert.deepEqual(vagueNames(named), []);
  assert.deepEqual(
    vagueNames([
      declared("class", "AbstractLock"),
      declared("interface", "IClock"),
      declared("interface", "Instrument"),
      declared("class", "PoolManager"),
      declared("class", "ChannelClosedError"),
      declared("class", "ChannelClosed"),
      declared("typeAlias", "CpuError"),
      declared("function", "interruptTask"),
    ]),
    [
      "AbstractLock",
      "IClock",
      "PoolManager",
      "ChannelClosedError",
      "interruptTask",
    ],
  );
});

Deno.test("cancelled, cancelling and canceller are spelled with two l", () => {
  const texts = new Map([
    ...sources,
    ...readTree(".ts", "tests", "examples", "bench", "scripts"),
    ...readTree(".md", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
  ]);
  const wrong = "cancel" + "ed";

  assert.deepEqual(misspelled(texts), []);
  assert.deepEqual(
    misspelled(new Map([["a.md", `ok\nwas ${wrong}`], ["b.md", "cancelled"]])),
    ["a.md:2"],
  );
});

Deno.test("the glossary gives every word one meaning", () => {
  const glossary = readTree(".md", "docs/glossary.md").get("docs/glossary.md");

  assert.deepEqual(doubleWords(glossary ?? ""), []);
  assert.deepEqual(
    doubleWords(
      "| we say | meaning |\n| --- | --- |\n| task | a body |\n| lock / task | another |\n| job | |",
    ),
    ["task is there twice", "job has no meaning"],
  );
});

function vagueFiles(tree: Tree): string[] {
  return [...tree.keys()].filter((path) => {
    const stem = path.split("/").at(-1)!.replace(/\.ts$/, "");
    return !/^_?[a-z0-9]+(_[a-z0-9]+)*$/.test(stem) ||
      /^_?(types|utils?|helpers?|common|constants|misc|index)$/.test(stem);
  });
}

function declared(kind: string, name: string): Declaration {
  return { kind, name, file: "src/core/a.ts", def: {} };
}

function vagueNames(declarations: readonly Declaration[]): string[] {
  return declarations.filter(({ kind, name }) =>
    /^(Abstract|Base|I)[A-Z]|(Manager|Helper|Impl)$/.test(name) ||
    /interrupt|halt|coroutine|thunk|goroutine/i.test(name) ||
    (kind === "class" && name.endsWith("Error") && !NAMED_ERROR.includes(name))
  ).map(({ name }) => name);
}

function misspelled(tree: Tree): string[] {
  return [...tree].flatMap(([path, source]) =>
    source.split("\n").flatMap((line, at) =>
      /cancel(ed|ing|er|ation)\b/i.test(line) ? [`${path}:${at + 1}`] : []
    )
  );
}

function doubleWords(glossary: string): string[] {
  const rows = [...glossary.matchAll(/^\| ([^|]+) \| ([^|]*)\|/gm)]
    .filter(([, words]) => !/^we say\b|^-+\s*$/.test(words!));
  const seen = new Set<string>();
  return rows.flatMap(([, words, meaning]) => [
    ...words!.split(/[/,]/).map((word) => word.trim())
      .filter((word) => seen.has(word) || !seen.add(word))
      .map((word) => `${word} is there twice`),
    ...(meaning!.trim() === "" ? [`${words} has no meaning`] : []),
  ]);
}
