/**
 * Who keeps a list of what is made, so that a test can tell in the end what was
 * left behind. There is none outside of tests, and then it costs one look at a
 * variable to find that out.
 */
export interface LeakWatch {
  /**
   * Notes that something was made.
   *
   * @param remains Answers what is left of it, as in `task "main/crawl"`, or
   * `undefined` once nothing is.
   * @param made The place that asked for it, where that is not the one that
   * calls; and how to end it.
   */
  made(
    remains: () => string | undefined,
    made?: { readonly trace?: Error | undefined; end?(): void },
  ): void;
}

/** The watch, if there is one now. */
export let leakWatch: LeakWatch | undefined;

/** Where the caller was called, if somebody wants to know. */
export function traceForLeaks(): Error | undefined {
  return leakWatch === undefined ? undefined : new Error("asked for here");
}

/** Sets a watch; answers how to end it. */
export function watchLeaks(watch: LeakWatch): () => void {
  const before = leakWatch;
  leakWatch = watch;
  return () => {
    leakWatch = before;
  };
}

/**
 * Notes a promise of the host, which is left behind until it settles, even if
 * nobody waits for it any more.
 */
export function notePromise(promise: Promise<unknown>, trace?: Error): void {
  if (leakWatch === undefined) return;
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  promise.then(settled, settled);
  leakWatch.made(
    () => isSettled ? undefined : "promise of the host that has not settled",
    { trace },
  );
}
