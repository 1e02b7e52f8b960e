// Loaded before an example that says `// Virtual: 5s`: its runs take the virtual
// clock, which jumps, and what that clock says at the end goes to stderr.

import { setDefaultClock, VirtualClock } from "espalier/testing";

const clock = new VirtualClock({ autojump: true });
const start = clock.now();
setDefaultClock(clock);

addEventListener("unload", () => {
  console.error(`virtual time at the end: ${clock.now() - start} ms`);
});
