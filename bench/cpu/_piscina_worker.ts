// What piscina's workers run: it takes no data address.

const functions = {
  noop: () => 0,
  echo: (value: unknown) => value,
  size: (numbers: Float64Array) => numbers.length,
  spin: () => {
    for (;;);
  },
};

/** Calls one of the functions. */
export default function call(
  { name, value }: { name: keyof typeof functions; value: never },
): unknown {
  return functions[name](value);
}
