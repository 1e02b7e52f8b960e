import { Liveness } from "./liveness.ts";

let table: Liveness | undefined;

/** The one table of who is alive that all threads of this process are in. */
export function processLiveness(): Liveness {
  return table ??= new Liveness();
}
