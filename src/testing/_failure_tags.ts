import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Result from "npm:effect@^4.1.0/Result";

/** What a call failed with, by its tag; `"nothing"` if it did not fail. */
export function failureOf(
  result: Result.Result<unknown, { readonly _tag: string }>,
): string {
  return Result.isFailure(result) ? result.failure._tag : "nothing";
}

/** What an operation fails with, by its tag; `"nothing"` if it does not fail. */
export function tagOf(
  effect: Effect.Effect<unknown, { readonly _tag: string }>,
): Effect.Effect<string> {
  return Effect.match(effect, {
    onSuccess: () => "nothing",
    onFailure: ({ _tag }) => _tag,
  });
}
