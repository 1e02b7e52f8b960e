/** The moments that an instrument may listen to. */
export type HookName =
  | "taskSpawned"
  | "taskStarted"
  | "taskExited"
  | "taskWaiting"
  | "taskPassed"
  | "taskResumed"
  | "scopeEntered"
  | "scopeExited"
  | "scopeCancelled"
  | "nurseryOpened"
  | "nurseryClosed"
  | "slowCleanup";

const HOOK_NAMES: readonly HookName[] = [
  "taskSpawned",
  "taskStarted",
  "taskExited",
  "taskWaiting",
  "taskPassed",
  "taskResumed",
  "scopeEntered",
  "scopeExited",
  "scopeCancelled",
  "nurseryOpened",
  "nurseryClosed",
  "slowCleanup",
];

interface Listener {
  readonly instrument: object;
  readonly hook: (...details: never[]) => void;
}

/**
 * Who listens to what in one run (R70).
 *
 * The hooks of an instrument are read once, when it is added. A hook that
 * throws is reported and its instrument removed; the run goes on.
 */
export class Hooks {
  readonly #listeners = new Map<HookName, readonly Listener[]>();

  constructor(instruments: Iterable<object>) {
    for (const instrument of new Set(instruments)) this.#add(instrument);
  }

  emit(name: HookName, ...details: readonly unknown[]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const { instrument, hook } of listeners) {
      try {
        hook.apply(instrument, details as never[]);
      } catch (thrown) {
        this.#remove(instrument);
        console.error(
          `Cannot go on with an instrument: its hook "${name}" threw`,
          thrown,
        );
      }
    }
  }

  #add(instrument: object): void {
    for (const name of HOOK_NAMES) {
      const hook: unknown = Reflect.get(instrument, name);
      if (typeof hook !== "function") continue;
      const listener = { instrument, hook: hook as Listener["hook"] };
      this.#listeners.set(name, [
        ...(this.#listeners.get(name) ?? []),
        listener,
      ]);
    }
  }

  #remove(instrument: object): void {
    for (const [name, listeners] of this.#listeners) {
      this.#listeners.set(
        name,
        listeners.filter((listener) => listener.instrument !== instrument),
      );
    }
  }
}
