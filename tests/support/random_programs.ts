import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  CancelScope,
  currentTask,
  now,
  type Nursery,
  nursery,
  shield,
  sleep,
} from "espalier";
import fc from "fast-check";

/** A program made of what cancellation meets: waits, scopes, shields, failures. */
export type Program =
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "effectSleep"; readonly ms: number }
  | { readonly op: "fail"; readonly error: number }
  | { readonly op: "cancel"; readonly scope: number }
  | { readonly op: "toggle"; readonly scope: number; readonly shield: boolean }
  | { readonly op: "moveDeadline"; readonly scope: number; readonly by: number }
  | { readonly op: "after"; readonly ms: number; readonly body: Program }
  | { readonly op: "seq"; readonly parts: readonly Program[] }
  | {
    readonly op: "scope";
    readonly shield: boolean;
    readonly timeout: number | undefined;
    readonly body: Program;
  }
  | { readonly op: "shield"; readonly body: Program }
  | { readonly op: "ensure"; readonly body: Program; readonly after: Program }
  | { readonly op: "catch"; readonly body: Program }
  | { readonly op: "uninterruptible"; readonly body: Program }
  | { readonly op: "timeout"; readonly ms: number; readonly body: Program }
  | { readonly op: "all"; readonly parts: readonly Delayed[] }
  | {
    readonly op: "nursery";
    readonly children: readonly Delayed[];
    readonly body: Program;
  };

/** Something that runs beside others, and does nothing before its moment. */
type Delayed = Program & { readonly op: "after" };

/**
 * Any program. Lengths of time are drawn from so wide a range that two events
 * practically never fall on one moment: their order would be nobody's promise.
 */
export const anyProgram: fc.Arbitrary<Program> = fc.letrec<
  { program: Program; leaf: Program }
>((tie) => {
  const ms = fc.noBias(fc.integer({ min: 1, max: 1_000_000_000 }));
  const scope = fc.nat({ max: 5 });
  const body = tie("program");
  const few = fc.array(body, { minLength: 1, maxLength: 3 });
  const delayed = fc.array(
    fc.record({ op: fc.constant("after"), ms, body }),
    { minLength: 1, maxLength: 3 },
  );
  return {
    leaf: fc.oneof(
      { weight: 4, arbitrary: fc.record({ op: fc.constant("sleep"), ms }) },
      fc.record({ op: fc.constant("effectSleep"), ms }),
      fc.record({ op: fc.constant("fail"), error: fc.nat({ max: 9 }) }),
      { weight: 2, arbitrary: fc.record({ op: fc.constant("cancel"), scope }) },
      fc.record({ op: fc.constant("toggle"), scope, shield: fc.boolean() }),
      fc.record({ op: fc.constant("moveDeadline"), scope, by: ms }),
    ) as fc.Arbitrary<Program>,
    program: fc.oneof(
      { maxDepth: 5, depthSize: "medium" },
      { weight: 2, arbitrary: tie("leaf") },
      {
        weight: 3,
        arbitrary: fc.record({ op: fc.constant("seq"), parts: few }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          op: fc.constant("scope"),
          shield: fc.boolean(),
          timeout: fc.option(ms, { nil: undefined }),
          body,
        }),
      },
      fc.record({ op: fc.constant("shield"), body }),
      fc.record({ op: fc.constant("ensure"), body, after: body }),
      fc.record({ op: fc.constant("catch"), body }),
      fc.record({ op: fc.constant("uninterruptible"), body }),
      fc.record({ op: fc.constant("timeout"), ms, body }),
      fc.record({ op: fc.constant("all"), parts: delayed }),
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constant("nursery"),
          children: delayed,
          body: fc.record({ op: fc.constant("after"), ms, body }),
        }),
      },
    ) as fc.Arbitrary<Program>,
  };
}).program;

/** Turns a program into an Effect that writes down what happens, and when. */
export function interpret(
  program: Program,
  story: string[],
): Effect.Effect<unknown, unknown> {
  const places = new Map<Program, number>();
  const scopes: (CancelScope | undefined)[] = [];
  number(program);

  const tell = (what: string) => {
    story.push(`${now()} ${currentTask().path} ${what}`);
  };

  const all = (parts: readonly Program[]) => parts.map(effect);

  /** Numbers parts and scopes as they stand, whatever happens first later. */
  function number(part: Program): void {
    if (part.op === "scope") scopes.push(undefined);
    places.set(part, part.op === "scope" ? scopes.length - 1 : places.size);
    if ("body" in part) number(part.body);
    if ("after" in part) number(part.after);
    if ("parts" in part) part.parts.forEach(number);
    if ("children" in part) part.children.forEach(number);
  }

  function effect(part: Program): Effect.Effect<unknown, unknown> {
    const step = places.get(part);
    return Effect.onExit(
      Effect.suspend(() => make(part)),
      (exit) =>
        Effect.sync(() => {
          tell(`${part.op} ${step} ${Exit.isSuccess(exit) ? "ends" : "fails"}`);
        }),
    );
  }

  function make(part: Program): Effect.Effect<unknown, unknown> {
    switch (part.op) {
      case "sleep":
        return sleep(part.ms);
      case "effectSleep":
        return Effect.sleep(part.ms);
      case "fail":
        return Effect.fail(part.error);
      case "cancel":
        return Effect.sync(() => scopes[part.scope]?.cancel());
      case "toggle":
        return Effect.sync(() => {
          const scope = scopes[part.scope];
          if (scope !== undefined) scope.shield = part.shield;
        });
      case "moveDeadline":
        return Effect.sync(() => {
          const scope = scopes[part.scope];
          if (scope !== undefined) scope.deadline = now() + part.by;
        });
      case "after":
        return Effect.andThen(sleep(part.ms), effect(part.body));
      case "seq":
        return Effect.all(all(part.parts));
      case "all":
        return Effect.all(all(part.parts), { concurrency: "unbounded" });
      case "shield":
        return shield(effect(part.body));
      case "ensure":
        return Effect.ensuring(
          effect(part.body),
          effect(part.after) as Effect.Effect<unknown>,
        );
      case "catch":
        return Effect.catch(effect(part.body), () => Effect.void);
      case "uninterruptible":
        return Effect.uninterruptible(effect(part.body));
      case "timeout":
        return Effect.timeoutOption(effect(part.body), part.ms);
      case "scope":
        return inScope(part);
      case "nursery":
        return nursery((n: Nursery<unknown>) => {
          for (const child of part.children) n.startSoon(effect(child));
          return effect(part.body);
        });
    }
  }

  function inScope(
    part: Program & { op: "scope" },
  ): Effect.Effect<unknown, unknown> {
    const { shield, timeout, body } = part;
    const index = places.get(part)!;
    const scope = new CancelScope({
      shield,
      ...(timeout !== undefined && { deadline: now() + timeout }),
    });
    scopes[index] = scope;
    return Effect.onExit(scope.run(effect(body)), () =>
      Effect.sync(() => {
        tell(
          `scope ${index} called ${scope.cancelCalled} caught ${scope.cancelledCaught}`,
        );
      }));
  }

  return effect(program);
}
