/**
 * Makes a source of numbers that look random and follow from `seed` alone:
 * mulberry32. Each call answers an integer from 0 up to, and without, `below`.
 */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return Math.floor(fraction * below);
  };
}

/** The seed of the `index`-th of many runs: unlike its neighbours. */
export function seedOf(seed: number, index: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) +
    Math.imul(index, 0xc2b2ae35)) >>> 0;
}
