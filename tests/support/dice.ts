/** A random number from 0 to below `bound`; the same ones for the same seed. */
export type Dice = (bound: number) => number;

/** Dice that fall the same way every time. */
export function diceOf(seed: number): Dice {
  let state = seed * 2 + 1;
  return (bound) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % bound;
  };
}
