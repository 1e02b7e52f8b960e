import * as Effect from "effect/Effect";
import { moveOnAfter, run, sleep } from "espalier";
import { explore, VirtualClock } from "espalier/testing";
import { forceScopeForm } from "../../../src/core/_scope_form.ts";
import { Cleanups } from "./cleanups.ts";
import { Family } from "./family.ts";
import type { Place, Work } from "./place.ts";
import type { Children, Part } from "./program.ts";
import type { Recording } from "./recording.ts";
import { Scopes } from "./scopes.ts";
import { Sharing } from "./sharing.ts";
import { Stage } from "./stage.ts";
import { Watchdog } from "./watchdog.ts";

/** When everything is cancelled that waits for what never comes. */
const LONGEST_MS = 300;

/** How a program is to be performed. */
export interface Manner {
  /**
   * Which of the steps that are ready goes next: with 0 the one that has been
   * for longest, with another number any of them.
   */
  readonly order: number;
  /** Whether scopes run on the fiber that enters them, or on their own. */
  readonly form: "in-fiber" | "own-fiber";
}

/** Runs a program on a virtual clock; answers what happened. */
export async function perform(
  program: Children,
  { order, form }: Manner,
): Promise<Recording> {
  const performance = new Performance();
  forceScopeForm(form);
  try {
    await enact(performance, performance.whole(program), order);
  } finally {
    forceScopeForm(undefined);
  }
  return await performance.end();
}

async function enact(
  performance: Performance,
  whole: Effect.Effect<void>,
  order: number,
): Promise<void> {
  if (order === 0) {
    const clock = new VirtualClock({ autojump: true });
    const running = run(whole, { clock, slowCleanup: Infinity });
    const watchdog = new Watchdog(() => performance.progress);
    await Promise.race([running, watchdog.bites]).finally(watchdog.stop);
  } else {
    const { failure } = await explore(() => whole, {
      strategy: "random",
      seed: order,
      maxInterleavings: 1,
    });
    if (failure !== undefined) throw failure.error;
  }
}

class Performance {
  readonly #stage = new Stage();
  readonly #make = (part: Part, place: Place) => this.#effect(part, place);
  readonly #scopes = new Scopes(this.#stage, this.#make);
  readonly #family = new Family(this.#stage, this.#scopes, this.#make);
  readonly #cleanups = new Cleanups(this.#stage, this.#make);
  readonly #sharing = new Sharing(this.#stage, this.#make);

  /** The whole program, with a deadline around it; never fails. */
  whole(program: Children): Effect.Effect<void> {
    const stage = this.#stage;
    return Effect.clockWith((clock) => {
      stage.clock = clock as VirtualClock;
      const region = stage.newRegion([]);
      region.cancelledAt = LONGEST_MS;
      const place: Place = {
        region,
        task: { name: "main", outer: [], ownsLock: false },
        entered: [region],
        nursery: undefined,
        collectors: [],
      };
      const work = moveOnAfter(LONGEST_MS, this.#effect(program, place));
      const end = Effect.exit(stage.leaving(region, work));
      return Effect.map(end, (exit) => {
        stage.recording.exit = exit;
      });
    });
  }

  /** How far it has come. */
  get progress(): string {
    const { recording, clock } = this.#stage;
    return `${recording.lines.length} lines, ${clock.now()} ms`;
  }

  /** Looks at what is left when all is over. */
  async end(): Promise<Recording> {
    const { recording, clock } = this.#stage;
    const linesAtEnd = recording.lines.length;
    // Host code that is still at it would write something.
    for (let turn = 0; turn < 8; turn++) await null;
    recording.late = recording.lines.slice(linesAtEnd);
    recording.nextTimer = clock.nextEvent();
    recording.unsettled = this.#family.unsettled;
    this.#sharing.end();
    return recording;
  }

  #effect(part: Part, place: Place): Work {
    switch (part.op) {
      case "sleep":
        return this.#stage.wait(place, "sleep", sleep(part.ms));
      case "nativeSleep":
        return this.#stage.wait(place, "sleep", Effect.sleep(part.ms));
      case "host":
        return this.#scopes.host(part, place);
      case "fail":
        return Effect.suspend(() =>
          Effect.fail(this.#stage.raise("Fail", place))
        );
      case "die":
        return Effect.suspend(() =>
          Effect.die(this.#stage.raise("Die", place))
        );
      case "cancel":
        return Effect.sync(() => this.#scopes.cancel(part.region, place));
      case "cancelChild":
        return Effect.sync(() => this.#family.cancel(part.child, place));
      case "await":
        return this.#family.await(part.child, part.asks, place);
      case "send":
        return this.#sharing.send(part.channel, place);
      case "receive":
        return this.#sharing.receive(part.channel, place);
      case "lock":
        return this.#sharing.lock(part.body, place);
      case "sequence":
        return Effect.all(part.parts.map((it) => this.#effect(it, place)));
      case "scope":
        return this.#scopes.scope(part, place);
      case "timeout":
        return this.#scopes.timeout(part.ms, part.body, place);
      case "cleanup":
        return this.#cleanups.cleanup(part, place);
      case "catch":
        return this.#cleanups.catch(part.body, place);
      case "nursery":
        return this.#family.nursery(part, place);
      case "spawn":
        return Effect.sync(() => this.#family.spawn(part.body, place));
      case "start":
        return this.#family.start(part.before, part.body, place);
    }
  }
}
