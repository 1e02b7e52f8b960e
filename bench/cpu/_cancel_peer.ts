// Cancels a loop on the threads of one peer and says what came of it: a program
// of its own, as what burns on never ends.

import { peers } from "./_peers.ts";

const [name] = Deno.args;
const peer = (await peers(1, name)).find((one) => one.name === name);
console.log(peer === undefined ? "does not run here" : await peer.cancel());
Deno.exit(0);
