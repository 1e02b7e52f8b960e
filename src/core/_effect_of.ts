// `any` here means "of whatever type": the caller's type says what it is.
// deno-lint-ignore-file no-explicit-any
import * as Effect from "npm:effect@^4.1.0/Effect";
import { driveGenerator } from "./_generator_body.ts";
import { awaitBody } from "./_promise_body.ts";
import { signalOf } from "./_scope_signal.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import { notABody } from "./check_body.ts";
import { inWords } from "./in_words.ts";
import type { AnyBody } from "./any_body.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";

/**
 * Turns a body of any kind into an Effect.
 *
 * @param body The body.
 * @param args What it is handed before the signal.
 * @param node The scope made for it, whose signal it is handed.
 */
export function effectOf<X extends Result>(
  body: AnyBody,
  args: readonly unknown[],
  node: ScopeNode,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  if (Effect.isEffect(body)) return body as Effect.Effect<any, any, any>;
  return Effect.suspend(() => callBody(body, args, node));
}

/** Calls a body at once; answers what is left to do. */
export function callBody(
  body: AnyBody,
  args: readonly unknown[],
  node: ScopeNode,
): Effect.Effect<any, any, any> {
  if (Effect.isEffect(body)) return body as Effect.Effect<any, any, any>;
  if (typeof body !== "function") return Effect.die(notABody(body));
  const call = body as (...args: unknown[]) => unknown;
  return lift(
    mayTakeSignal(body, args.length)
      ? call(...args, signalOf(node))
      : call(...args),
    node,
  );
}

function lift(result: unknown, node: ScopeNode): Effect.Effect<any, any, any> {
  if (Effect.isEffect(result)) return result as Effect.Effect<any, any, any>;
  if (isGenerator(result)) return driveGenerator(result);
  if (isThenable(result)) return awaitBody(result, node);
  return Effect.die(
    new TypeError(
      `Cannot run a body: it returned ${inWords(result)}, and no Effect, ` +
        'generator or promise; wrap what does not wait in "Effect.sync"',
    ),
  );
}

/**
 * May a function read one more argument than `given`? A signal costs more than
 * a task: it is made only for those who could look at it.
 *
 * The length alone does not tell: that of `(...args) => f(...args)`, as wrappers
 * are written, is 0. Only what is seen to take nothing gets nothing.
 */
function mayTakeSignal(body: Callable, given: number): boolean {
  if (body.length > given) return true;
  const kind = Object.prototype.toString.call(body);
  if (kind === "[object AsyncFunction]") return true;
  if (kind === "[object GeneratorFunction]" || body.length > 0) return false;
  const source = Function.prototype.toString.call(body);
  const parameters = source.indexOf("(");
  return parameters < 0 || source[parameters + 1] !== ")" ||
    source.endsWith("[native code] }");
}

type Callable = (...args: never[]) => unknown;

function isGenerator(
  value: unknown,
): value is Generator<Effect.Effect<any, any, any>, unknown, any> {
  return typeof value === "object" && value !== null &&
    Symbol.iterator in value && "next" in value && "return" in value &&
    typeof value.next === "function" && typeof value.return === "function";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null && "then" in value && typeof value.then === "function";
}
