import assert from "node:assert/strict";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  type DeadlineExceeded,
  type ExitedWithoutStarting,
  failAfter,
  fromPromise,
  Future,
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  runExit,
  shield,
  type TaskStatus,
} from "espalier";

// What is asserted here is asserted by the type checker: the bodies below are
// never run.

class HttpError {
  readonly _tag = "HttpError";
}
class DbError {
  readonly _tag = "DbError";
}
class Db extends Context.Service<Db, { readonly url: string }>()("Db") {}

const fetchUser = (id: number): Effect.Effect<{ id: number }, HttpError> =>
  id < 0 ? Effect.fail(new HttpError()) : Effect.succeed({ id });
const query: Effect.Effect<string, DbError> = Effect.fail(new DbError());
const withDb: Effect.Effect<string, never, Db> = Effect.map(
  Db,
  ({ url }) => url,
);
const ok: Effect.Effect<number> = Effect.succeed(1);

/** Exactly equal, not merely assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
type EffectOf<X> = X extends Effect.Effect<infer A, infer E, infer R>
  ? [A, E, R]
  : never;

function same<A, B>(_same: Same<A, B>): void {}

function typesOfNurseries() {
  const infallible = nursery(function* (n) {
    const f = n.startSoon(ok);
    const g = n.startSoon(function* () {
      yield* ok;
      return "x";
    });
    const h = n.startSoon(async (signal) => {
      await fetch("x", { signal });
      return true;
    });
    same<typeof f, Future<number, never>>(true);
    same<typeof g, Future<string, never>>(true);
    same<typeof h, Future<boolean, never>>(true);
    const a: number = yield* f;
    const b: string = yield* g;
    const c: boolean = yield* h;
    return { a, b, c };
  });
  same<
    EffectOf<typeof infallible>,
    [{ a: number; b: string; c: boolean }, never, never]
  >(true);

  const declared = nursery(function* (n: Nursery<HttpError>) {
    const f = n.startSoon(fetchUser(1));
    same<typeof f, Future<{ id: number }, HttpError>>(true);
    yield* query;
    return (yield* f).id;
  });
  same<EffectOf<typeof declared>, [number, HttpError | DbError, never]>(true);

  const services = nursery(function* (n: Nursery<never, Db>) {
    n.startSoon(withDb);
    yield* Effect.void;
  });
  same<EffectOf<typeof services>, [void, never, Db]>(true);

  const answered = nursery(function* (n) {
    n.cancelScope.cancel();
    yield* ok;
    return "body" as const;
  }, { onCancelled: () => "cancelled" as const });
  same<EffectOf<typeof answered>, ["body" | "cancelled", never, never]>(true);

  const async = nursery(async (n) => {
    n.startSoon(() => Promise.resolve(1));
    await Promise.resolve();
    return "s";
  });
  same<EffectOf<typeof async>, [string, never, never]>(true);

  const returning = nursery((n: Nursery<HttpError>) =>
    Effect.gen(function* () {
      return (yield* n.startSoon(fetchUser(2))).id;
    })
  );
  same<EffectOf<typeof returning>, [number, HttpError, never]>(true);
}

function whatANurseryRefuses() {
  return [
    nursery(function* (n) {
      // @ts-expect-error HttpError is not declared
      n.startSoon(fetchUser(1));
      yield* ok;
    }),
    nursery(function* (n: Nursery<never>) {
      // @ts-expect-error nor in a function that returns it
      n.startSoon(() => fetchUser(1));
      // @ts-expect-error nor by a child that is started
      yield* n.start((_: TaskStatus<void>) => fetchUser(1));
    }),
    nursery(function* (n: Nursery<HttpError>) {
      // @ts-expect-error DbError is not declared
      n.startSoon(query);
      // @ts-expect-error nor in a generator
      n.startSoon(function* () {
        return yield* query;
      });
      yield* ok;
    }),
    nursery(function* (n: Nursery<never>) {
      // @ts-expect-error a service that is not declared
      n.startSoon(withDb);
      yield* ok;
    }),
    // @ts-expect-error a nursery of wider failures is no nursery of narrower ones
    ((n: Nursery<HttpError | DbError>) => n) satisfies (
      n: Nursery<HttpError>,
    ) => Nursery<HttpError | DbError>,
    // The other way round it is: what takes more takes less.
    (n: Nursery<HttpError | DbError>): Nursery<HttpError> => n,
  ];
}

function typesOfScopes() {
  const moved = moveOnAfter(10, fetchUser(1));
  same<
    EffectOf<typeof moved>,
    [Option.Option<{ id: number }>, HttpError, never]
  >(
    true,
  );
  const generated = moveOnAfter(10, function* () {
    return (yield* fetchUser(1)).id;
  });
  same<EffectOf<typeof generated>, [Option.Option<number>, HttpError, never]>(
    true,
  );
  const scoped = cancelScope((scope) => {
    same<typeof scope, CancelScope>(true);
    return query;
  });
  same<EffectOf<typeof scoped>, [Option.Option<string>, DbError, never]>(true);
  const ran = new CancelScope().run(withDb);
  same<EffectOf<typeof ran>, [Option.Option<string>, never, Db]>(true);
  const failed = failAfter(10, query);
  same<EffectOf<typeof failed>, [string, DbError | DeadlineExceeded, never]>(
    true,
  );
  const shielded = shield(query);
  same<EffectOf<typeof shielded>, [string, DbError, never]>(true);
  const budgeted = shield(query, { within: 10 });
  same<EffectOf<typeof budgeted>, [string, DbError | DeadlineExceeded, never]>(
    true,
  );
}

function typesOfStart() {
  return nursery(function* (n: Nursery<DbError>) {
    const started = n.start(function* (status: TaskStatus<number>) {
      status.started(1);
      return yield* query;
    });
    same<
      EffectOf<typeof started>,
      [number, DbError | ExitedWithoutStarting, never]
    >(true);
    return yield* started;
  });
}

function typesAtTheEdge() {
  same<ReturnType<typeof run<Effect.Effect<number>>>, Promise<number>>(true);
  const async: Promise<string> = run(() => Promise.resolve("x"));
  const generated: Promise<number> = run(function* () {
    return yield* ok;
  });
  const exit = runExit(query);
  // @ts-expect-error a body that needs a service cannot be run
  run(withDb);
  const typed = fromPromise(() => Promise.resolve(1), {
    catch: () => new HttpError(),
  });
  same<EffectOf<typeof typed>, [number, HttpError, never]>(true);
  const { future, resolver } = Future.make<number, HttpError>();
  same<typeof future, Future<number, HttpError>>(true);
  // @ts-expect-error the value must be of the type that was declared
  resolver.succeed("x");
  const wider: Future<number | string, HttpError | DbError> = future;
  return [async, generated, exit, wider];
}

Deno.test("types are exact: what a nursery declares, refuses and answers", () => {
  const proofs = [
    typesOfNurseries,
    whatANurseryRefuses,
    typesOfScopes,
    typesOfStart,
    typesAtTheEdge,
  ];
  assert.equal(proofs.length, 5);
});
