import assert from "node:assert/strict";
import { programHeader } from "../../scripts/program_header.ts";

const source = `#!/usr/bin/env -S deno run
// Shows a thing that takes
// two lines. And says more.
//
// Watch this.
//
//     deno run --allow-read --allow-net=127.0.0.1 examples/a.ts [folder]
//
// Args: . --within 2s
// Virtual: 5s

// Exit: 4
f();
`;

Deno.test("programHeader() reads the first sentence across lines", () => {
  assert.equal(
    programHeader(source).shows,
    "Shows a thing that takes two lines.",
  );
  assert.equal(programHeader("// No full stop\n").shows, "No full stop");
  assert.equal(
    programHeader("// Is 1.5 s long? Yes.\n").shows,
    "Is 1.5 s long?",
  );
  assert.equal(programHeader("f();\n").shows, "");
});

Deno.test("programHeader() reads the flags and the path of the run line", () => {
  const { flags, path } = programHeader(source);

  assert.deepEqual(flags, ["--allow-read", "--allow-net=127.0.0.1"]);
  assert.equal(path, "examples/a.ts");
  assert.equal(programHeader("// Text with deno run in it.\n").path, undefined);
});

Deno.test("programHeader() reads the settings of the head comment and no others", () => {
  assert.deepEqual([...programHeader(source).settings], [
    ["args", ". --within 2s"],
    ["virtual", "5s"],
  ]);
});
