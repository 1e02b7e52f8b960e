import { clearImmediate, setImmediate } from "node:timers";

/** After so many turns of the event loop nothing will happen any more. */
const MOST_IDLE_TURNS = 500;

/** Notices when a program makes no progress any more. */
export class Watchdog {
  /** Rejects then; and never settles otherwise. */
  readonly bites: Promise<never>;
  #next: ReturnType<typeof setImmediate> | undefined = undefined;

  /** @param progress Tells how far the program has come. */
  constructor(progress: () => string) {
    let idleTurns = 0;
    let before = "";
    this.bites = new Promise((_, reject) => {
      const look = () => {
        const now = progress();
        idleTurns = now === before ? idleTurns + 1 : 0;
        before = now;
        if (idleTurns < MOST_IDLE_TURNS) this.#next = setImmediate(look);
        else reject(new Error(`It hangs after ${now}`));
      };
      this.#next = setImmediate(look);
    });
  }

  /** Calls it off. */
  readonly stop = (): void => clearImmediate(this.#next);
}
