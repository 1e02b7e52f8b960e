import assert from "node:assert/strict";
import type { DocComment, DocMember, DocParam, DocType } from "./_api.ts";
import { type Declaration, exportsOf } from "./_api.ts";
import { readTree, ROOT } from "./_tree.ts";

/**
 * What answers an Effect and yet never waits, so that there is nothing to say of
 * its cancellation; each with the reason.
 */
const NEVER_WAITS: Readonly<Record<string, string>> = {
  taskGroup: "is nursery itself, which says it",
  "VirtualClock.currentTimeMillis": "tells the time; part of Effect's Clock",
  "VirtualClock.currentTimeNanos": "tells the time; part of Effect's Clock",
  "VirtualClock.monotonicTimeNanos": "tells the time; part of Effect's Clock",
};

/** What has parameters that are told elsewhere; each with the reason. */
const TOLD_ELSEWHERE: Readonly<Record<string, string>> = {
  taskGroup: "is nursery itself, which tells them",
  "VirtualClock.[setAlarm]": "is for the run's own clockwork",
};

const entries = await readEntries();
const planted = await exportsOf("tests/fixtures/architecture/undocumented.ts");

Deno.test("every public name has a summary, and so has every member", () => {
  assert.deepEqual(entries.flatMap(withoutSummary), []);
  assert.deepEqual(planted.flatMap(withoutSummary), [
    "silent has no summary",
    "Waits.undescribed has no summary",
  ]);
});

Deno.test("every public name but options has an example with a title that imports an entry and asserts", () => {
  assert.deepEqual(entries.flatMap(withoutExample), []);
  assert.deepEqual(planted.flatMap(withoutExample), [
    "silent has no example",
    "bare has no example",
    "unproven has an example that asserts nothing",
    "inside has an example without a title",
    "inside has an example that does not import an entry",
  ]);
});

Deno.test("whatever answers an Effect says what a cancellation does to it", () => {
  assert.deepEqual(entries.flatMap(withoutCancellation), []);
  assert.deepEqual(planted.flatMap(withoutCancellation), [
    "Waits.method answers an Effect and has no **Cancellation**",
    "Waits.property answers an Effect and has no **Cancellation**",
  ]);
});

Deno.test("every parameter of a function, and of a class's methods and constructor, is described", () => {
  assert.deepEqual(entries.flatMap(withoutParameters), []);
  assert.deepEqual(planted.flatMap(withoutParameters), [
    "asks does not describe second",
    "Asks.constructor does not describe first",
    "Asks.method does not describe rest",
  ]);
});

Deno.test("the lists of exceptions name only what there is", () => {
  const names = new Set(
    entries.flatMap((it) => partsOf(it).map(({ name }) => name)),
  );
  assert.deepEqual(
    Object.keys({ ...NEVER_WAITS, ...TOLD_ELSEWHERE })
      .filter((name) => !names.has(name)),
    [],
  );
});

/** Reads what the entries of deno.json that are there export, each name once. */
async function readEntries(): Promise<Declaration[]> {
  const config = Deno.readTextFileSync(new URL("deno.json", ROOT));
  const paths = Object.values<string>(JSON.parse(config).exports)
    .map((path) => path.replace("./", ""))
    .filter((path) => readTree(".ts", path).size > 0);
  const declarations = (await Promise.all(paths.map(exportsOf))).flat();
  // Overloads share the comment of the one that has it.
  const byName = Map.groupBy(
    declarations,
    ({ file, kind, name }) => `${file} ${kind} ${name}`,
  );
  return [...byName.values()].map((overloads) =>
    overloads.find(({ jsDoc }) => jsDoc) ?? overloads[0]!
  );
}

/** A public name, or a member of one, with what its documentation says. */
interface Part {
  readonly name: string;
  readonly jsDoc: DocComment | undefined;
  readonly answers: DocType | undefined;
}

/** The declaration itself and its members. */
function partsOf({ name, jsDoc, def }: Declaration): Part[] {
  const members = [...def.methods ?? [], ...def.properties ?? []]
    .filter(({ accessibility }) => accessibility !== "private");
  // A getter and a setter, or overloads, share the comment of the one that has it.
  const byName = Map.groupBy(members, (member) => member.name);
  return [
    { name, jsDoc, answers: def.returnType ?? def.tsType },
    ...byName.values().map((same) => {
      const member = same.find(({ jsDoc }) => jsDoc) ?? same[0]!;
      return {
        name: `${name}.${member.name}`,
        jsDoc: member.jsDoc,
        answers: member.returnType ?? member.functionDef?.returnType ??
          member.tsType,
      };
    }),
  ];
}

function withoutSummary(declaration: Declaration): string[] {
  return partsOf(declaration).filter(({ jsDoc }) => !jsDoc?.doc?.trim())
    .map(({ name }) => `${name} has no summary`);
}

function withoutExample({ name, kind, jsDoc }: Declaration): string[] {
  if (name.endsWith("Options")) return [];
  const examples = (jsDoc?.tags ?? []).filter(({ kind }) => kind === "example");
  if (examples.length === 0) return [`${name} has no example`];
  return examples.flatMap(({ doc = "" }) => [
    ...(/^\s*```/.test(doc) ? [`${name} has an example without a title`] : []),
    ...(/```ts\n[\s\S]*\bfrom "espalier(\/[\w/]+)?"/.test(doc)
      ? []
      : [`${name} has an example that does not import an entry`]),
    // Of a type it is enough that its example type-checks.
    ...(/\bassert\b(?! from)/.test(doc) || /interface|typeAlias/.test(kind)
      ? []
      : [`${name} has an example that asserts nothing`]),
  ]);
}

function withoutCancellation(declaration: Declaration): string[] {
  return partsOf(declaration).filter(({ name, jsDoc, answers }) =>
    answers?.repr === "Effect.Effect" && declaration.kind !== "typeAlias" &&
    NEVER_WAITS[name] === undefined && !jsDoc?.doc?.includes("**Cancellation")
  ).map(({ name }) => `${name} answers an Effect and has no **Cancellation**`);
}

function withoutParameters({ name, kind, jsDoc, def }: Declaration): string[] {
  // Of a contract each member has its one sentence.
  if (kind === "interface") return [];
  const called: [string, DocComment | undefined, readonly DocParam[]][] = [
    ...(def.constructors ?? []).filter(isOpen)
      .map((it) => part("constructor", it)),
    ...(def.methods ?? []).filter(isOpen).map((it) => part(it.name, it)),
    [name, jsDoc, def.params ?? []],
  ];
  return called.flatMap(([name, jsDoc, params]) => {
    if (TOLD_ELSEWHERE[name] !== undefined) return [];
    const described = new Set(
      jsDoc?.tags?.filter(({ kind }) => kind === "param")
        .map(({ name }) => name),
    );
    return params.map(nameOf).filter((it) => !described.has(it))
      .map((it) => `${name} does not describe ${it}`);
  });

  function part(
    of: string,
    { jsDoc, params, functionDef }: DocMember,
  ): [string, DocComment | undefined, readonly DocParam[]] {
    return [`${name}.${of}`, jsDoc, params ?? functionDef?.params ?? []];
  }
}

/** Whether it is called from outside; a setter is told by its getter. */
function isOpen({ accessibility, kind }: DocMember): boolean {
  return accessibility !== "private" && kind !== "setter";
}

function nameOf({ name, left, arg }: DocParam): string {
  return name ?? (left ?? arg)?.name ?? "";
}
