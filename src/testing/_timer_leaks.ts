import type { Note } from "./_made.ts";

type TimerId = ReturnType<typeof setTimeout>;
type Callback = (...args: unknown[]) => void;

/** Watches the platform's timers; answers how to stop. */
export function watchTimers(note: Note): () => void {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval };
  /** The numbers of the timers that may still go off. */
  const pending = new Set<number>();
  const watch = (id: TimerId, kind: string, delay: number) => {
    pending.add(Number(id));
    note({
      isTimer: true,
      remains: () =>
        pending.has(Number(id)) ? `${kind} of ${delay} ms` : undefined,
      end: () => stopped(id),
    });
  };
  const stopped = (id: TimerId | undefined) => {
    pending.delete(Number(id));
    real.clearTimeout(id);
  };
  const watched = {
    setTimeout(callback: Callback, delay = 0, ...args: unknown[]): TimerId {
      const id = real.setTimeout(() => {
        pending.delete(Number(id));
        callback(...args);
      }, delay);
      watch(id, "timer", delay);
      return id;
    },
    setInterval(callback: Callback, delay = 0, ...args: unknown[]): TimerId {
      const id = real.setInterval(callback, delay, ...args);
      watch(id, "interval", delay);
      return id;
    },
    clearTimeout: stopped,
    clearInterval: stopped,
  };
  const names = Object.keys(real) as Array<keyof typeof real>;
  for (const name of names) {
    // What else hangs on them, as the promise form does, stays there.
    Object.defineProperties(
      watched[name],
      Object.getOwnPropertyDescriptors(real[name]),
    );
    Object.assign(globalThis, { [name]: watched[name] });
  }
  return () => {
    for (const name of names) {
      // Where somebody has put a stand-in over ours, it is theirs to take away.
      const isOurs = globalThis[name] as unknown === watched[name];
      if (isOurs) Object.assign(globalThis, { [name]: real[name] });
    }
  };
}
