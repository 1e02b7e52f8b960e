/** How many threads this process has; 0 where the system does not tell. */
export function threads(): number {
  if (Deno.build.os !== "linux") return 0;
  const { stdout } = new Deno.Command("cat", {
    args: [`/proc/${Deno.pid}/status`],
  }).outputSync();
  const status = new TextDecoder().decode(stdout);
  return Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}
