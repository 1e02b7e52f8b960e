// What piscina's workers run: it takes no data address.

const functions = {
  noop: () => 0,
  square: (n: number) => n * n,
  echo: (value: unknown) => value,
  size: (numbers: Float64Array) => numbers.length,
  primes: ([from, to]: [number, number]) => {
    const start = performance.now();
    let count = 0;
    for (let n = from; n < to; n++) {
      let divisor = 2;
      while (divisor * divisor <= n && n % divisor !== 0) divisor++;
      if (n > 1 && divisor * divisor > n) count++;
    }
    return [count, performance.now() - start];
  },
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
