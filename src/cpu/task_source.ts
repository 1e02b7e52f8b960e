// The source of an inline task, as an expression that a worker can compile.

/**
 * Reads a function's source: functions, arrows, methods in shorthand, async,
 * generators.
 *
 * @returns An expression whose value is the function.
 * @throws {TypeError} If the function has no source that stands for itself: a
 * native or bound function, a class, an accessor, a private method.
 */
export function taskSource(fn: (...args: never[]) => unknown): string {
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot make an inline task: expected a function, received ${typeof fn}`,
    );
  }
  const name = fn.name || "anonymous";
  const source = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    const kind = fn.name.startsWith("bound ") ? "bound" : "native";
    throw new TypeError(
      `Cannot make an inline task of "${name}": a ${kind} function has no source`,
    );
  }
  if (/^class\b/.test(source)) {
    throw new TypeError(
      `Cannot make an inline task of "${name}": it is a class`,
    );
  }
  // Order: `get(n) {}` is a method in shorthand, `get n() {}` an accessor.
  if (/^(?:get|set)\s+[\w$[#"']/.test(source) && !compiles(source)) {
    throw new TypeError(
      `Cannot make an inline task of "${name}": it is an accessor`,
    );
  }
  if (compiles(source)) return source;
  // A method in shorthand is a function only inside an object.
  const method = `Object.values({ ${withoutStatic(source)} })[0]`;
  if (compiles(method)) return method;
  throw new TypeError(
    `Cannot make an inline task of "${name}": its source does not stand alone`,
  );
}

function withoutStatic(source: string): string {
  const bare = source.replace(/^static\s+/, "");
  // A computed name stands for something that is not there.
  return bare.replace(
    /^((?:async\s*)?\*?\s*)\[[^\]]*\]/,
    (_, prefix) => `${prefix}method`,
  );
}

function compiles(expression: string): boolean {
  try {
    // Parsed, not run.
    new Function(`return (${expression}\n)`);
    return true;
  } catch {
    return false;
  }
}
