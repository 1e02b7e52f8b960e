import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  currentTask,
  type Future,
  type Nursery,
  nursery,
  type TaskStatus,
} from "espalier";
import { hostCode } from "./host_code.ts";
import {
  allAround,
  inside,
  type Make,
  type Opened,
  type Place,
  type Work,
} from "./place.ts";
import type { Children, Host, Part } from "./program.ts";
import { Failure, type Region, type TaskStory } from "./recording.ts";
import type { Scopes } from "./scopes.ts";
import { collect, type Stage } from "./stage.ts";

type Ended = (exit: Exit.Exit<unknown, unknown>) => void;

/** Nurseries and their children. */
export class Family {
  readonly #stage: Stage;
  readonly #scopes: Scopes;
  readonly #make: Make;
  readonly #futures: Array<{
    readonly future: Future<unknown, unknown>;
    readonly region: Region;
  }> = [];

  constructor(stage: Stage, scopes: Scopes, make: Make) {
    this.#stage = stage;
    this.#scopes = scopes;
    this.#make = make;
  }

  /** How many children have no result, when all is over. */
  get unsettled(): number {
    const pending = this.#futures.filter(({ future }) =>
      future.poll()._tag === "None"
    );
    return pending.length;
  }

  nursery(part: Children, place: Place): Work {
    return Effect.suspend(() => {
      const region = this.#stage.newRegion([place.region]);
      const inner = inside(region, place);
      const body = (n: Nursery<unknown>) => this.#body(n, part, inner);
      const opened = nursery(body, {
        onChildFailure: part.isolates ? "isolate" : "cancel",
        ...(part.answers ? { onCancelled: () => undefined } : {}),
      });
      return this.#stage.leaving(region, opened);
    });
  }

  #body(n: Nursery<unknown>, part: Children, place: Place): Work {
    const { region, collectors } = place;
    this.#scopes.opened(n.cancelScope, region);
    if (part.timeout !== undefined) {
      region.cancelledAt = this.#stage.clock.now() + part.timeout;
      n.cancelScope.deadline = region.cancelledAt;
    }
    const opened: Opened = {
      nursery: n,
      region,
      inside: allAround(place),
      isolates: part.isolates,
      collectors,
    };
    const inner = { ...place, nursery: opened };
    for (const child of part.children) this.spawn(child, inner);
    return Effect.onExit(
      this.#make(part.body, inner),
      (exit) => Effect.sync(() => this.#stage.failed(region, exit)),
    );
  }

  /** Spawns a child into the innermost nursery. */
  spawn(child: Part, by: Place): void {
    const into = by.nursery!;
    const region = this.#stage.newRegion([into.region]);
    const story = this.#newTask(into, region, by);
    const place = placeOf(story, region, into, into.inside);
    const ended: Ended = (exit) => {
      if (!into.isolates) this.#stage.failed(into.region, exit);
    };
    const future = child.op === "host"
      ? into.nursery.startSoon((signal) =>
        this.#hostLife(story, child, place, signal, ended)
      )
      : into.nursery.startSoon(
        this.#life(story, this.#make(child, place), place, ended),
      );
    this.#futures.push({ future, region });
  }

  /** Starts a child in the innermost nursery, and waits until it is ready. */
  start(before: Part, body: Part, by: Place): Work {
    return Effect.suspend(() => {
      const into = by.nursery!;
      // Until it is ready either can cancel it.
      const region = this.#stage.newRegion([by.region, into.region]);
      const story = this.#newTask(into, region, by);
      const outer = allAround(by);
      const place = placeOf(story, region, into, outer, by.collectors);
      let hasMoved = false;
      const ready = (status: TaskStatus<string>) => {
        status.started("ready");
        // It stays with a caller that is cancelled (R37).
        hasMoved = currentTask().parentNursery === into.nursery;
        this.#stage.tell(place.task, hasMoved ? "has started" : "is ready");
        if (!hasMoved) return;
        region.parents = [into.region];
        place.task.outer = into.inside;
      };
      return into.nursery.start((status: TaskStatus<string>) => {
        const work = Effect.all([
          this.#make(before, place),
          Effect.sync(() => ready(status)),
          this.#make(body, place),
        ]);
        return this.#life(story, work, place, (exit) => {
          if (!hasMoved || into.isolates) return;
          this.#stage.failed(into.region, exit);
        });
      });
    });
  }

  /** Waits for a child: asks how it ended, or takes its result. */
  await(child: number, asks: boolean, place: Place): Work {
    return Effect.suspend(() => {
      if (this.#futures.length === 0) return Effect.void;
      const { future } = this.#futures[child % this.#futures.length]!;
      const outcome = Effect.map(future.outcome, (it) => {
        if (it._tag === "Failed") this.#stage.handle(Exit.failCause(it.cause));
      });
      const result = Effect.onExit(
        future,
        (exit) => Effect.sync(() => collect(exit, place)),
      );
      return this.#stage.wait(place, "await", asks ? outcome : result);
    });
  }

  cancel(child: number, by: Place): void {
    if (this.#futures.length === 0) return;
    const { future, region } = this.#futures[child % this.#futures.length]!;
    this.#stage.tell(by.task, `cancels the task of region ${region.number}`);
    this.#stage.cancelled(region);
    future.cancel();
  }

  #newTask(into: Opened, region: Region, by: Place): TaskStory {
    const name = `task ${region.number}`;
    this.#stage.tell(by.task, `spawns ${name}`);
    const story: TaskStory = { nursery: into.region, name };
    this.#stage.recording.tasks.push(story);
    return story;
  }

  /** What a task does, from its first step to the end of its last cleanup. */
  #life(story: TaskStory, work: Work, place: Place, ended: Ended): Work {
    return Effect.onExit(
      Effect.suspend(() => {
        story.begun = this.#stage.tell(place.task, "begins");
        return work;
      }),
      (exit) =>
        Effect.sync(() => {
          story.ended = this.#stage.tell(place.task, "ends");
          ended(exit);
        }),
    );
  }

  /** The same for a task that is an async function. */
  async #hostLife(
    story: TaskStory,
    part: Host,
    place: Place,
    signal: AbortSignal,
    ended: Ended,
  ): Promise<void> {
    story.begun = this.#stage.tell(place.task, "begins");
    try {
      await hostCode(this.#stage, part, place, signal);
    } catch (error) {
      if (error instanceof Failure) ended(Exit.die(error));
      throw error;
    } finally {
      story.ended = this.#stage.tell(place.task, "ends");
    }
  }
}

function placeOf(
  { name }: TaskStory,
  region: Region,
  nursery: Opened,
  outer: readonly Region[],
  collectors: readonly Set<number>[] = [],
): Place {
  return {
    region,
    task: { name, outer, ownsLock: false },
    entered: [],
    nursery,
    collectors: [...nursery.collectors, ...collectors],
  };
}
