// Waiting for the platform, beside any run's clock: threads live in real time.

/** Waits in real time. */
export function pause(
  ms: number,
  { keepsAlive = true }: { readonly keepsAlive?: boolean } = {},
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  if (!keepsAlive) Deno.unrefTimer(timer);
  return promise;
}

/** The longest time that is counted as waited without a look in between. */
const SLICE = 20;

/**
 * Whether one of the promises settles within `ms`; a yes leaves no timer.
 *
 * Time in which the loop was held up does not count: what happened meanwhile is
 * taken note of only behind the timers that are due.
 */
export async function settledWithin(
  ms: number,
  promises: readonly Promise<unknown>[],
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  for (const one of promises) {
    one.then(() => resolve(true), () => resolve(true));
  }
  const slice = Math.min(SLICE, ms / 2);
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => {
      left -= slice;
      if (left > 0) wait();
      else resolve(false);
    }, slice);
  };
  wait();
  const settled = await promise;
  clearTimeout(timer!);
  return settled;
}
