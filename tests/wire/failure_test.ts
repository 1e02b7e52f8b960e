import assert from "node:assert/strict";
import {
  flattenFailure,
  type WireFailure,
} from "../../src/wire/flatten_failure.ts";
import {
  type ErrorClasses,
  reviveFailure,
} from "../../src/wire/revive_failure.ts";

class NotThere extends Error {
  readonly _tag = "NotThere";
  override readonly name = "NotThere";
  readonly #secret = 1;

  constructor(readonly url: URL, readonly status: number) {
    super(`Cannot find ${url}`);
  }

  get secret(): number {
    return this.#secret;
  }
}

Deno.test("reviveFailure() gives a known class back with its fields, without its constructor", () => {
  const error = new NotThere(new URL("http://a.example"), 404);

  const back = crossing(
    error,
    (name) => name === "NotThere" ? NotThere : undefined,
  ) as NotThere;

  assert(back instanceof NotThere);
  assert.equal(back.message, "Cannot find http://a.example/");
  assert.equal(back.name, "NotThere");
  assert.equal(back._tag, "NotThere");
  assert.equal(back.status, 404);
  assert.equal(back.stack, error.stack);
  assert.equal(back.url as unknown, "http://a.example/");
});

Deno.test("reviveFailure() gives any other class back as its native one, with name, fields and _tag", () => {
  class Odd extends RangeError {
    get _tag() {
      return "Odd";
    }
    extra = { deep: [1, 2] };
  }

  const back = crossing(new Odd("odd")) as Odd;

  assert(back instanceof RangeError);
  assert.equal(back.constructor, RangeError);
  assert.equal(back._tag, "Odd");
  assert.deepEqual(back.extra, { deep: [1, 2] });
});

Deno.test("reviveFailure() keeps native errors native", () => {
  const native = [
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    Error,
  ];
  for (const kind of native) {
    const back = crossing(new kind("it")) as Error;
    assert.equal(back.constructor, kind);
    assert.equal(back.message, "it");
  }
  const abort = crossing(new DOMException("gone", "AbortError"));
  assert(abort instanceof DOMException);
  assert.equal(abort.name, "AbortError");
});

Deno.test("flattenFailure() keeps causes, the errors of an aggregate, and cycles among them", () => {
  const inner = new TypeError("inner");
  const group = new AggregateError([inner, "text", new Error("two")], "group", {
    cause: inner,
  });
  Object.assign(inner, { group });

  const back = crossing(group) as AggregateError;

  assert(back instanceof AggregateError);
  assert.equal(back.errors.length, 3);
  assert.equal(back.errors[1], "text");
  assert.equal(back.cause, back.errors[0]);
  assert.equal((back.errors[0] as { group: unknown }).group, back);
  assert.deepEqual(Object.keys(back), []);
});

Deno.test("flattenFailure() keeps what is thrown and is no error", () => {
  for (const thrown of ["text", undefined, null, 5, 10n, { a: [1] }]) {
    assert.deepEqual(crossing(thrown), thrown);
  }
  assert.equal(crossing(Symbol("x")), "Symbol(x)");
  assert.equal(crossing(function run() {}), "[function run]");
});

Deno.test("flattenFailure() survives getters and proxies that throw", () => {
  const broken = new Error("outside");
  Object.defineProperty(broken, "message", {
    get() {
      throw new Error("no");
    },
  });
  Object.defineProperty(broken, "field", {
    enumerable: true,
    get() {
      throw "never";
    },
  });
  const proxy = new Proxy(new Error("x"), {
    get() {
      throw new Error("trap");
    },
    getPrototypeOf() {
      throw new Error("trap");
    },
  });

  const back = crossing(broken) as Error & { field: string };

  assert.match(back.message, /getter threw/);
  assert.equal(back.field, "[getter threw never]");
  assert.equal(typeof crossing(proxy), "string");
});

Deno.test("flattenFailure() describes fields that cannot cross", () => {
  const error = Object.assign(new Error("x"), {
    call: () => 1,
    deep: { link: new URL("http://a.example") },
    good: { a: 1 },
  });

  const back = crossing(error) as unknown as Record<string, unknown>;

  assert.equal(back.call, "[function call]");
  assert.equal(back.deep, "[object Object]");
  assert.deepEqual(back.good, { a: 1 });
});

Deno.test("flattenFailure() ends on a chain of causes that never does", () => {
  class Endless extends Error {
    override get cause(): Error {
      return new Endless("again");
    }
  }

  const { errors } = flattenFailure(new Endless("first"));

  assert.equal(errors.length, 1000);
});

/** There and back, through what a port does to it. */
function crossing(
  thrown: unknown,
  classes: ErrorClasses = () => undefined,
): unknown {
  const wire: WireFailure = structuredClone(flattenFailure(thrown));
  return reviveFailure(wire, classes);
}
