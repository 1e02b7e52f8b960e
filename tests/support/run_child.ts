/** How a child program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options for {@linkcode runChild}. */
export interface RunChildOptions {
  readonly args?: readonly string[];
  readonly flags?: readonly string[];
  /** Called with what it has printed so far, each time there is more. */
  readonly onOutput?: (stdout: string, child: Deno.ChildProcess) => void;
}

/** Runs a program of `tests/fixtures/programs` in a Deno of its own. */
export async function runChild(
  program: string,
  options: RunChildOptions = {},
): Promise<Ended> {
  const url = new URL(`../fixtures/programs/${program}`, import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      ...options.flags ?? [],
      url.pathname,
      ...options.args ?? [],
    ],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    options.onOutput?.(stdout, child);
  }
  const { code } = await child.status;
  return { code, stdout, stderr: await stderr };
}
