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

/** Whether one of the promises settles within `ms`; a yes leaves no timer. */
export async function settledWithin(
  ms: number,
  promises: readonly Promise<unknown>[],
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  for (const one of promises) {
    one.then(() => resolve(true), () => resolve(true));
  }
  const timer = setTimeout(() => resolve(false), ms);
  const settled = await promise;
  clearTimeout(timer);
  return settled;
}
