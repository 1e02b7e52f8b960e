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
      end: () => kill(child),
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

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
