// Fetches twice at the same time and takes both answers.
//
// Watch that both begin before either is done, that the whole takes 2 seconds
// and not 4, and that the answers come back in the order of the bodies, each with
// its own type. Had one failed, the other would have been cancelled.
//
//     deno run examples/01_gather_fetch.ts
//
// Virtual: 2s

import { gather, main, now, sleep } from "espalier";

await main(function* () {
  const [users, news] = yield* gather([
    () => fetchData("users", 3),
    () => fetchData("news", "all quiet"),
  ]);
  console.log(`${users + 1} users with you, news: ${news.toUpperCase()}`);
  console.log(`after ${Math.round(now() / 1000)} s`);
});

function* fetchData<T>(what: string, answer: T) {
  console.log(`Fetching ${what}...`);
  yield* sleep("2 seconds");
  console.log(`${what} fetched!`);
  return answer;
}

// Output:
// Fetching users...
// Fetching news...
// users fetched!
// news fetched!
// 4 users with you, news: ALL QUIET
// after 2 s
