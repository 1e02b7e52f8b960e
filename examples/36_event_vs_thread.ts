// Echoes lines two ways: driven by events, and by a task for each connection.
//
// Watch that the events need a state for every client, kept by hand, while the
// task keeps it in its local variables, as a thread would, and that both answer
// the same. A task costs a few kilobytes, not a stack.
//
//     deno run examples/36_event_vs_thread.ts

import * as Effect from "effect/Effect";
import {
  main,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
} from "espalier";

const lines = ["anna: hello", "bert: good day", "anna: bye", "bert: bye"];

await main(function* () {
  console.log("events:");
  const target = new EventTarget();
  serveEvents(target);
  for (const line of lines) {
    target.dispatchEvent(new CustomEvent("line", { detail: line }));
  }

  console.log("tasks:");
  yield* nursery(function* (n) {
    const clients = new Map(["anna", "bert"].map((name) => {
      const [send, receive] = openMemoryChannel<string>(0);
      n.startSoon(() => serveClient(name, receive), { name });
      return [name, send];
    }));
    for (const line of lines) {
      const [name = "", text = ""] = line.split(": ");
      yield* Effect.orDie(clients.get(name)!.send(text));
    }
  });
});

/** One function for all clients: what it knows of each stands in a map. */
function serveEvents(target: EventTarget) {
  const counts = new Map<string, number>();
  target.addEventListener("line", (event) => {
    const [name = "", text = ""] = (event as CustomEvent).detail.split(": ");
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    console.log(`  ${name} said ${text} (${count})`);
    if (text === "bye") counts.delete(name);
  });
}

/** One task for each client: what it knows stands in a variable. */
function* serveClient(name: string, inbox: ReceiveChannel<string>) {
  for (let count = 1;; count++) {
    const text = yield* Effect.orDie(inbox.receive);
    console.log(`  ${name} said ${text} (${count})`);
    if (text === "bye") return;
  }
}

// Output:
// events:
//   anna said hello (1)
//   bert said good day (1)
//   anna said bye (2)
//   bert said bye (2)
// tasks:
//   anna said hello (1)
//   bert said good day (1)
//   anna said bye (2)
//   bert said bye (2)
