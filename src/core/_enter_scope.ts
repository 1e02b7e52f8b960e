import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Option from "npm:effect@^4.1.0/Option";
import { ABSORBED } from "./_catch_rule.ts";
import type { DeadlineScope } from "./_deadline_scope.ts";
import { effectOf } from "./_effect_of.ts";
import { checkBody } from "./check_body.ts";
import { runInScope } from "./_scope_body.ts";
import type { AnyBody } from "./any_body.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";

/** Runs a body in a scope and answers `None` where the scope absorbed it. */
export function enterScope<X extends Result>(
  scope: () => DeadlineScope,
  body: AnyBody,
): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  checkBody(body);
  type Answer = Exit.Exit<Option.Option<SuccessOf<X>>, ErrorOf<X>>;
  return runInScope({
    scope,
    // An Effect is handed nothing: nobody may ever look at the handle.
    body: Effect.isEffect(body)
      ? () => body as never
      : (scope) => effectOf<X>(body, [scope.handle], scope),
    complete(end) {
      const exit = end.settle(end.exit);
      if (exit === ABSORBED) return NONE;
      return (Exit.isSuccess(exit)
        ? Exit.succeed(Option.some(exit.value))
        : exit) as Answer;
    },
  });
}

const NONE: Exit.Exit<Option.Option<never>> = Exit.succeed(Option.none());
