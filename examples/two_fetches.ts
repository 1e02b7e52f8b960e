// Fetches two pages at once and takes both results.
//
// Watch that both begin before either is done, that the whole takes as long as
// the slower one, and that the results are typed: a number and a string.
//
//     deno run examples/two_fetches.ts
//
// Virtual: 2s

import { type Future, main, now, nursery, sleep } from "espalier";

await main(nursery(function* (n) {
  const users: Future<number> = n.startSoon(() => fetchUsers());
  const news: Future<string> = n.startSoon(() => fetchNews());
  console.log(`${yield* users} users, news: ${yield* news}`);
  console.log(`after ${Math.round(now() / 1000)} s`);
}));

function* fetchUsers() {
  console.log("fetching users");
  yield* sleep("1 second");
  console.log("users are here");
  return 3;
}

function* fetchNews() {
  console.log("fetching news");
  yield* sleep("2 seconds");
  console.log("news are here");
  return "all quiet";
}

// Output:
// fetching users
// fetching news
// users are here
// news are here
// 3 users, news: all quiet
// after 2 s
