import assert from "node:assert/strict";
import { errorsPage } from "../../scripts/errors_page.ts";
import { ROOT } from "../architecture/_tree.ts";

for (
  const [page, script] of [
    ["docs/errors.md", "scripts/docs_errors.ts"],
    ["examples/README.md", "scripts/docs_examples.ts"],
  ] as const
) {
  Deno.test(`${page} is as its script writes it`, async () => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-run",
        script,
        "--check",
      ],
      cwd: ROOT,
    }).output();

    assert.equal(success, true, new TextDecoder().decode(stderr));
  });
}

Deno.test("errorsPage() tells the message, the cause and the mend of an error", () => {
  const page = errorsPage(
    new Map([["src/kitchen/errors.ts", SOURCE], ["src/kitchen/soup.ts", ""]]),
  );

  const [, part] = page.split("## kitchen\n");
  assert.equal(
    part,
    '\n### Burnt\n\n```text\nCannot serve "…": it was … for … ms\n```\n\n' +
      "Raised when a dish is burnt.\n\nIt is gone. Use `Pot` instead.\n\n" +
      "### Full\n\n```text\nCannot fill the pot: it is full\n" +
      "Cannot fill the pan: it holds … l\n```\n\nRaised when it is full.\n",
  );
});

const SOURCE = `
/**
 * Raised when a dish is burnt.
 *
 * It is gone. Use {@linkcode Pot} instead.
 *
 * @example Burn it
 */
export class Burnt extends ConcurrencyError {
  constructor(readonly dish: string, ms: number) {
    super(
      \`Cannot serve "\${dish}": it was \${\`\${ms}\` ? "on" : {}} \` +
        \`for \${ms} ms\`,
    );
  }
}

/**
 * Raised when it is full.
 */
export class Full extends Error {
  constructor(what: string, litres: number) {
    super(
      what === "pot"
        ? "Cannot fill the pot: it is full"
        : \`Cannot fill the pan: it holds \${litres} l\`,
      { cause: "the cook" },
    );
  }
}

/** No error. */
export class Pot {
}
`;
