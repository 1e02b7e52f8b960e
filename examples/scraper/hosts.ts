import * as Effect from "effect/Effect";
import { CapacityLimiter, fromPromise } from "espalier";

/** What a page of a host says. */
export interface Page {
  readonly links?: readonly string[];
  readonly treasure?: string;
  /** How often it is out of order before it answers; `Infinity` for silence. */
  readonly failures?: number;
}

/** The hosts and their pages. */
export const sites: Readonly<Record<string, Readonly<Record<string, Page>>>> = {
  sea: {
    "/": { links: ["sea/deep", "sea/reef", "sea/wreck", "shore/"] },
    "/deep": { failures: Infinity },
    "/reef": { links: ["sea/", "sea/wreck"], treasure: "pearl" },
    "/wreck": { links: ["sea/reef"], treasure: "coin", failures: 2 },
  },
  shore: {
    "/": { links: ["shore/cave", "shore/dune", "sea/"] },
    "/cave": { links: ["shore/", "shore/dune"], treasure: "ring" },
    "/dune": {},
  },
};

/** A host that is served. */
export interface Host {
  readonly url: string;
  /** How many may ask it at once. */
  readonly limiter: CapacityLimiter;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** How many asked at once, at most. */
  most(): number;
}

/** Serves a site on the loopback until the scope closes. */
export function serve(name: string) {
  const asked = new Map<string, number>();
  const closing = Promise.withResolvers<void>();
  let now = 0;
  let most = 0;
  const respond = async (request: Request) => {
    const { pathname } = new URL(request.url);
    const page = sites[name]![pathname]!;
    const times = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, times);
    most = Math.max(most, ++now);
    const { failures = 0 } = page;
    if (failures === Infinity) await closing.promise;
    now--;
    return Response.json(page, { status: times > failures ? 200 : 503 });
  };
  const open = Effect.sync(() =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, respond)
  );
  const close = (server: Deno.HttpServer) => {
    closing.resolve();
    return fromPromise(() => server.shutdown());
  };
  return Effect.map(Effect.acquireRelease(open, close), ({ addr }): Host => ({
    url: `http://127.0.0.1:${addr.port}`,
    limiter: new CapacityLimiter(2, { name }),
    asked,
    most: () => most,
  }));
}
