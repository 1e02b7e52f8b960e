import { killSwitchWorks } from "../substrate/kill_probe.ts";
import type { Substrate } from "../substrate/substrate.ts";
import type { Job } from "./job.ts";

/** Says aloud that the code of a job could not be stopped, and why. */
export async function reportLeak(
  job: Job,
  worker: number,
  { name, substrate }: { readonly name: string; readonly substrate: Substrate },
): Promise<void> {
  const works = await killSwitchWorks(substrate);
  const why = works
    ? "it is code that the platform does not stop"
    : `Deno ${Deno.version.deno} stops no busy thread`;
  console.error(
    `Cannot stop "${job.task.name}" on worker ${worker} of "${name}": ${why}; ` +
      "its thread has leaked and is out of use",
  );
}
