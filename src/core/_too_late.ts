import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { ABSORBED } from "./_catch_rule.ts";
import type { DeadlineScope } from "./_deadline_scope.ts";
import { effectOf } from "./_effect_of.ts";
import { runInScope } from "./_scope_body.ts";
import type { AnyBody } from "./any_body.ts";
import { checkBody } from "./check_body.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import { DeadlineExceeded } from "./errors.ts";

/** Runs a body in a scope that only its deadline cancels. */
export function orTooLate<X extends Result>(
  scope: () => DeadlineScope,
  body: AnyBody,
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X> | DeadlineExceeded,
  ServicesOf<X>
> {
  checkBody(body);
  type Answer = Exit.Exit<SuccessOf<X>, ErrorOf<X> | DeadlineExceeded>;
  return runInScope({
    scope,
    body: (scope) => effectOf<X>(body, [], scope),
    complete(end, scope): Answer {
      const exit = end.settle(end.exit);
      if (exit !== ABSORBED) return exit as Answer;
      return Exit.fail(new DeadlineExceeded(scope.name, scope.budget));
    },
  });
}
