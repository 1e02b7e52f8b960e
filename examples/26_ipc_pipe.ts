// Talks to a worker over a pipe: objects one way, bytes the other way.
//
// A pipe is two channels that hold nothing, one for each direction: each end has
// to come to the other. Watch that the two take turns without any lock, that what
// arrives has its type, and that hanging up ends the conversation at both ends.
//
//     deno run examples/26_ipc_pipe.ts

import * as Effect from "effect/Effect";
import { main } from "espalier";
import { cpuScope, inline, SharedChannel } from "espalier/cpu";
import type * as Shared from "espalier/cpu/worker";

interface Request {
  readonly text: string;
  readonly times: number;
}

const typesetter = inline((
  requests: Shared.SharedChannel<Request>,
  pages: Shared.SharedChannel<Uint8Array>,
) => {
  const encoder = new TextEncoder();
  let set = 0;
  try {
    for (;; set++) {
      const { text, times } = requests.receive();
      pages.send(encoder.encode(text.repeat(times)));
    }
  } catch (error) {
    if ((error as Error).name !== "EndOfChannel") throw error;
  }
  pages.close();
  return set;
});

await main(cpuScope(function* (cpu) {
  const requests = new SharedChannel<Request>(0);
  const pages = new SharedChannel<Uint8Array>(0);
  const far = cpu.submit(typesetter, requests, pages);

  for (const times of [1, 2, 3]) {
    yield* requests.send({ text: "ho ", times });
    const page = yield* pages.receive;
    console.log(`${page.length} bytes: ${new TextDecoder().decode(page)}`);
  }

  requests.close();
  const end = yield* Effect.flip(pages.receive);
  console.log(`the far end hung up: ${end._tag}`);
  console.log(`it had set ${yield* far} pages`);
}));

// Output:
// 3 bytes: ho
// 6 bytes: ho ho
// 9 bytes: ho ho ho
// the far end hung up: EndOfChannel
// it had set 3 pages
