import assert from "node:assert/strict";
import { readTree, ROOT, type Tree } from "../architecture/_tree.ts";

const pages = readTree(
  ".md",
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "docs",
  "examples",
  "bench",
);

Deno.test("every link of a page leads to a file, and to a heading where it names one", () => {
  assert.deepEqual(deadLinks(pages), []);
  assert.deepEqual(
    deadLinks(
      new Map([
        [
          "docs/a.md",
          "# One word\n\n[b](b.md) [self](#one-word) [gone](#two)\n" +
          "[c](../c.md) [ci](../.ci/run) [web](https://a.example/)\n" +
          "`[code](x.md)`\n```ts\n[code](y.md)\n```\n[b](b.md#a-b-c)",
        ],
        ["docs/b.md", "## A `b`: c!\n"],
      ]),
    ),
    ["docs/a.md: #two", "docs/a.md: ../c.md"],
  );
});

Deno.test("docs/README.md lists every decision record, in order", () => {
  const records = [...pages.keys()].filter((path) => path.includes("/adr/"));
  const map = pages.get("docs/README.md")!;
  const listed = [...map.matchAll(/\((adr\/[^)]+)\)/g)].map(([, path]) =>
    `docs/${path}`
  );

  assert.deepEqual(listed, records);
  assert.deepEqual(
    records.map((path) => Number(path.match(/\/(\d{4})-/)?.[1])),
    records.map((_, at) => at + 1),
  );
});

/** Lists the links of pages that lead nowhere, those to other sites left out. */
function deadLinks(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) =>
    linksOf(text).filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === ""
        ? path
        : new URL(file, new URL(path, ROOT)).href.slice(ROOT.href.length);
      if (!tree.has(target)) return !isThere(target);
      return heading !== undefined &&
        !headingsOf(tree.get(target)!).includes(heading);
    }).map((link) => `${path}: ${link}`)
  );
}

function linksOf(text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
    .filter((link) => !/^\w+:/.test(link));
}

/** The anchors of a page, as the usual renderers make them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\w\s-]/g, "").replace(/\s/g, "-")
  );
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
