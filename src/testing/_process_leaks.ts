import type { Note } from "./_made.ts";

/** Watches the child processes of `Deno.Command`; answers how to stop. */
export function watchProcesses(note: Note): () => void {
  const command = Deno.Command.prototype;
  const { spawn, output } = command;

  function watchedSpawn(this: Deno.Command): Deno.ChildProcess {
    const child = spawn.call(this);
    let hasEnded = false;
    const ended = () => {
      hasEnded = true;
    };
    child.status.then(ended, ended);
    note({
      remains: () => hasEnded ? undefined : `child process ${child.pid}`,
      end: () => end(child),
    });
    return child;
  }

  function watchedOutput(this: Deno.Command): Promise<Deno.CommandOutput> {
    let hasEnded = false;
    const ended = () => {
      hasEnded = true;
    };
    const result = output.call(this);
    result.then(ended, ended);
    note({ remains: () => hasEnded ? undefined : "child process" });
    return result;
  }

  command.spawn = watchedSpawn;
  command.output = watchedOutput;
  return () => {
    if (command.spawn === watchedSpawn) command.spawn = spawn;
    if (command.output === watchedOutput) command.output = output;
  };
}

/** Kills a child, and lets go of the ends of its pipes that are here. */
async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
  const pipes = [
    pipeOf(() => child.stdin)?.abort(),
    pipeOf(() => child.stdout)?.cancel(),
    pipeOf(() => child.stderr)?.cancel(),
  ];
  // Somebody may read or write yet, and hold on to one of them.
  await Promise.allSettled([child.status, ...pipes]);
}

/** Reads a pipe; there is none where the child was not given one. */
function pipeOf<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
