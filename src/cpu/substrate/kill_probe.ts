// Whether the kill switch works on this Deno: tried once, on a thread that does
// nothing else.

import { Liveness } from "../shared/liveness.ts";
import { REQUEST } from "../transport/frame_kinds.ts";
import { HostLink, linkMemory } from "../transport/host_link.ts";
import type { Substrate } from "./substrate.ts";
import { pause, settledWithin } from "./wait.ts";

const known = new WeakMap<Substrate, Promise<boolean>>();

/** How long the probe may take to get to its loop, in milliseconds. */
const START_TIME = 5000;

/**
 * Whether `substrate` stops code that loops: starts one thread, lets it loop and
 * stops it. Asked again, it answers from memory.
 *
 * Nothing depends on the answer but what is said of a thread that leaked: that
 * this Deno cannot stop any, or that the code it ran cannot be stopped.
 */
export function killSwitchWorks(substrate: Substrate): Promise<boolean> {
  const before = known.get(substrate);
  if (before) return before;
  const answer = probe(substrate);
  known.set(substrate, answer);
  return answer;
}

async function probe(substrate: Substrate): Promise<boolean> {
  const liveness = new Liveness();
  const memory = linkMemory(1 << 12);
  const ready = Promise.withResolvers<void>();
  const isolate = substrate.start({
    id: liveness.admit(),
    memory,
    liveness: liveness.memory,
    onMessage: (message) => {
      if ("say" in message && message.say === "ready") ready.resolve();
    },
  });
  const link = new HostLink(memory, (parcel) => isolate.post(parcel), {
    onFrame: () => {},
    onPause: () => {},
    onSpace: () => {},
  });
  await settledWithin(START_TIME, [ready.promise, isolate.death]);
  const loop = ["inline", "() => { for (;;) {} }", "probe"];
  link.trySend({ kind: REQUEST.define, id: 0, extra: 0, values: loop });
  link.trySend({ kind: REQUEST.call, id: 1, extra: 0, values: [] });
  link.wake();
  const until = performance.now() + START_TIME;
  while (link.activity !== "running" && performance.now() < until) {
    await pause(1);
  }
  return await isolate.stop() === "killed";
}
