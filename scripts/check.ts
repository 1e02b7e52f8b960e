// Type-checks everything that resolves without JSR.
//
//     deno task check:types

const ROOT = new URL("../", import.meta.url);

// The benches are checked against a lock of their own, so that what they are
// compared with is never loaded by anything else.
const steps = [
  [...sources("")],
  ["--lock=bench/deno.lock", ...sources("bench/")],
];
for (const step of steps) {
  if (step.every((arg) => arg.startsWith("--"))) continue;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...step],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  if (!success) Deno.exit(1);
}

/** Lists the TypeScript files under `folder`, without what does not belong. */
function* sources(folder: string): Generator<string> {
  const elsewhere = ["tests/std", "bench", "node_modules", ".git", "coverage"];
  for (const entry of Deno.readDirSync(new URL(`./${folder}`, ROOT))) {
    const path = folder + entry.name;
    if (elsewhere.includes(path)) continue;
    if (entry.isDirectory) yield* sources(`${path}/`);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}
