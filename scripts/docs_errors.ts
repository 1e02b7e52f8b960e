// Writes docs/errors.md from the doc comments of the error classes.
//
//     deno task docs:errors [--check]
//
// With `--check` it writes nothing, and fails where the page is not as it would
// write it.

import { errorsPage } from "./errors_page.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = new URL("docs/errors.md", ROOT);

const page = await formatted(errorsPage(readRooms()));
if (!Deno.args.includes("--check")) {
  Deno.writeTextFileSync(PAGE, page);
} else if (Deno.readTextFileSync(PAGE) !== page) {
  console.error("docs/errors.md is not fresh: run `deno task docs:errors`");
  Deno.exit(1);
}

/** The files of each room that has an entry of its own. */
function readRooms(): Map<string, string> {
  const { exports } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", ROOT)),
  ) as { exports: Record<string, string> };
  const rooms = Object.keys(exports).filter((entry) => /^\.\/\w+$/.test(entry));
  const files = new Map<string, string>();
  for (const room of rooms.sort()) {
    const folder = new URL(`src/${room.slice(2)}/`, ROOT);
    const names = [...Deno.readDirSync(folder)].filter(({ name, isFile }) =>
      isFile && name.endsWith(".ts")
    ).map(({ name }) => name);
    for (const name of names.sort()) {
      files.set(
        `src/${room.slice(2)}/${name}`,
        Deno.readTextFileSync(new URL(name, folder)),
      );
    }
  }
  return files;
}

/** As `deno fmt` would have it. */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}
