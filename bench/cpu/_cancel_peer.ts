// Cancels a loop on the threads of one peer and says what came of it: a program
// of its own, as what burns on never ends.

import { openPeer } from "./_peers.ts";

const [name] = Deno.args;
const peer = await openPeer(name!, 1).catch(() => undefined);
console.log(peer === undefined ? "does not run here" : await peer.cancel());
Deno.exit(0);
