/**
 * Who keeps a list of what is made, so that a test can tell in the end what was
 * left behind. There is none outside of tests, and then it costs one look at a
 * variable to find that out.
 */
export interface LeakWatch {
  /**
   * Notes that something was made here.
   *
   * @param remains Answers what is left of it, as in `task "main/crawl"`, or
   * `undefined` once nothing is.
   */
  made(remains: () => string | undefined): void;
}

/** The watch, if there is one now. */
export let leakWatch: LeakWatch | undefined;

/** Sets a watch; answers how to end it. */
export function watchLeaks(watch: LeakWatch): () => void {
  const before = leakWatch;
  leakWatch = watch;
  return () => {
    leakWatch = before;
  };
}
