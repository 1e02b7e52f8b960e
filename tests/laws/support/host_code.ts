import type { Place } from "./place.ts";
import type { Host } from "./program.ts";
import type { Stage } from "./stage.ts";

/** An async function of the program: it ends by itself, sooner or later. */
export async function hostCode(
  stage: Stage,
  { turns, end }: Host,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const { task, region } = place;
  const story = stage.begin(place, 0);
  story.begun = stage.moment(task, "host code begins");
  try {
    for (let turn = 0; turn < turns; turn++) await null;
    const { aborted } = signal;
    const looked = stage.tell(task, aborted ? "sees its signal" : "looks");
    stage.recording.signals.push({ region, looked, aborted });
    if (end === "throws") throw stage.raise("Die", place);
    if (end === "heeds its signal") signal.throwIfAborted();
  } finally {
    story.ended = stage.moment(task, "host code ends");
  }
}
