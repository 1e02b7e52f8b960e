import assert from "node:assert/strict";

const { tasks } = JSON.parse(
  Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
) as { tasks: Record<string, { description?: string; command: string }> };

Deno.test("every task says what it does, and none asks for all permissions", () => {
  for (const [name, { description, command }] of Object.entries(tasks)) {
    assert.ok(description, `${name} has no description`);
    assert.doesNotMatch(command, /(^|\s)(-A|--allow-all)(\s|$)/, name);
  }
});

Deno.test("the gate is the checks, the doc tests and the tests", () => {
  assert.equal(
    tasks.ok?.command,
    "deno task check && deno task test:doc && deno task test",
  );
});

Deno.test("no script is named like a test, which Deno would run as one", () => {
  const names = [
    ...Deno.readDirSync(new URL("../../scripts/", import.meta.url)),
  ].map(({ name }) => name);

  assert.deepEqual(names.filter((name) => /(^|[._])test\.ts$/.test(name)), []);
});
