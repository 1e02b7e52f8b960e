// Crawls two hosts until it has found three treasures, each page once.
//
// Every page is a task of one nursery. Watch that no host is asked for more than
// two pages at once; that a page that is out of order is asked for again; that a
// link that many pages have is followed once; and that the third treasure cancels
// what is still under way: the deep never answers, and holds nobody up. Nor would
// anything else, after five seconds. The hosts are servers of this program.
//
//     deno run --allow-net=127.0.0.1 examples/38_scraper.ts

import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import {
  failAfter,
  fromPromise,
  main,
  moveOnAfter,
  type Nursery,
  nursery,
} from "espalier";
import { type Host, type Page, serve, sites } from "./scraper/hosts.ts";

await main(Effect.scoped(Effect.gen(function* () {
  const hosts = { sea: yield* serve("sea"), shore: yield* serve("shore") };
  const found: string[] = [];

  const crawled = yield* moveOnAfter(
    "5 seconds",
    crawl(["sea/", "shore/"], hosts, found),
  );

  console.log(`in time? ${crawled._tag === "Some"}`);
  console.log(`found ${found.sort().join(", ")}`);
  for (const [name, { asked, most }] of Object.entries(hosts)) {
    const paths = Object.keys(sites[name]!);
    const times = paths.map((path) => `${path} ${asked.get(path)}×`).join(", ");
    console.log(`${name}: ${times}; two at most: ${most() <= 2}`);
  }
})));

/** Follows every link once, and stops at the third treasure. */
function crawl(
  seeds: readonly string[],
  hosts: Readonly<Record<string, Host>>,
  found: string[],
) {
  const seen = new Set<string>();
  return nursery(function* (n: Nursery) {
    for (const link of seeds) follow(link);
    yield* Effect.void;

    function follow(link: string) {
      if (seen.has(link)) return;
      seen.add(link);
      n.startSoon(() => visit(link), { name: link });
    }

    function* visit(link: string) {
      const { url, limiter } = hosts[link.split("/")[0]!]!;
      const path = link.slice(link.indexOf("/"));
      const page = yield* Effect.option(limiter.withToken(get(url + path)));
      if (page._tag === "None") return;
      const { links = [], treasure } = page.value;
      links.forEach(follow);
      if (treasure === undefined) return;
      found.push(treasure);
      if (found.length === 3) n.cancelScope.cancel("three are enough");
    }
  });
}

/** Asks for a page, a few times if need be, each time for at most two seconds. */
function get(url: string) {
  const once = fromPromise(async (signal) => {
    const response = await fetch(url, { signal });
    const body = await response.text();
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return JSON.parse(body) as Page;
  }, { catch: (error) => error });
  return Effect.retry(failAfter("2 seconds", once), {
    schedule: Schedule.exponential("10 millis"),
    times: 3,
  });
}

// Output:
// in time? true
// found coin, pearl, ring
// sea: / 1×, /deep 1×, /reef 1×, /wreck 3×; two at most: true
// shore: / 1×, /cave 1×, /dune 1×; two at most: true
