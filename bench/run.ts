// Runs the benches of the rooms named, one program after the other.
//
//     deno task bench [room | room/subject]… [--list] [--quick] [--json]

import { programHeader } from "../scripts/program_header.ts";

const BENCH = new URL("./", import.meta.url);

/** A program is ended after this long: a bench may leave a worker that burns. */
const LIMIT_MS = 20 * 60_000;

const rooms = Deno.args.filter((arg) => !arg.startsWith("--"));
const flags = Deno.args.filter((arg) => arg.startsWith("--"));
const chosen = [...benches()].filter((bench) =>
  rooms.length === 0 ||
  rooms.some((room) => bench === room || bench.startsWith(`${room}/`))
);

if (chosen.length === 0) {
  console.error(`Cannot find a bench for ${rooms.join(", ") || "any room"}`);
  Deno.exit(1);
}
let failed = 0;
for (const bench of chosen) {
  const source = Deno.readTextFileSync(fileOf(bench));
  const { shows, flags: permissions } = programHeader(source);
  if (!flags.includes("--json")) console.log(`\n## ${bench}: ${shows}`);
  if (flags.includes("--list")) continue;
  if (!await runBench(bench, permissions)) failed++;
}
if (failed > 0) console.error(`\n${failed} of ${chosen.length} benches failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** Names every bench as `room/subject`, in order. */
function* benches(): Generator<string> {
  const folders = [...Deno.readDirSync(BENCH)].filter((it) => it.isDirectory);
  for (const room of folders.map((it) => it.name).sort()) {
    const files = [...Deno.readDirSync(new URL(`${room}/`, BENCH))];
    for (const file of files.map((it) => it.name).sort()) {
      const subject = file.match(/^(.*)_bench\.ts$/)?.[1];
      if (subject) yield `${room}/${subject}`;
    }
  }
}

function fileOf(bench: string): URL {
  return new URL(`${bench}_bench.ts`, BENCH);
}

/** Runs one bench with the permissions of its head comment; answers whether it went well. */
async function runBench(
  bench: string,
  permissions: readonly string[],
): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      // The peers are locked apart, so that nothing else ever loads them.
      "--lock=bench/deno.lock",
      "--v8-flags=--expose-gc",
      ...permissions.filter((flag) => !flag.startsWith("--lock")),
      fileOf(bench).href,
      ...flags,
    ],
    cwd: new URL("../", BENCH),
    stdin: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}
