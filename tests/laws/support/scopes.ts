import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import { CancelScope, cancelScope } from "espalier";
import { hostCode } from "./host_code.ts";
import {
  allAround,
  inside,
  type Make,
  type Place,
  type Work,
} from "./place.ts";
import type { Host, Part, Scope } from "./program.ts";
import type { Region, ScopeStory } from "./recording.ts";
import { isOnlyInterrupted, type Stage } from "./stage.ts";

/** Cancel scopes, those of nurseries included, and who cancels them. */
export class Scopes {
  readonly #stage: Stage;
  readonly #make: Make;
  readonly #opened: Array<{
    readonly scope: CancelScope;
    readonly region: Region;
  }> = [];

  constructor(stage: Stage, make: Make) {
    this.#stage = stage;
    this.#make = make;
  }

  /** From now on it can be cancelled, by anybody. */
  opened(scope: CancelScope, region: Region): void {
    this.#opened.push({ scope, region });
  }

  scope({ shield, timeout, body }: Scope, place: Place): Work {
    return Effect.suspend(() => {
      const region = this.#stage.newRegion([place.region], shield);
      region.cancelledAt = this.#stage.clock.now() + timeout;
      const scope = new CancelScope({ timeout, shield });
      this.opened(scope, region);
      const work = scope.run(this.#make(body, inside(region, place)));
      const ended = Effect.onExit(
        work,
        (exit) => Effect.sync(() => this.#ended(exit, region, place)),
      );
      return this.#stage.leaving(region, ended);
    });
  }

  /** A timeout of Effect's: it interrupts a fiber and cancels no scope. */
  timeout(ms: number, body: Part, place: Place): Work {
    return Effect.suspend(() => {
      const region = this.#stage.newRegion([place.region]);
      region.cancelledAt = this.#stage.clock.now() + ms;
      region.byEffect = true;
      const work = this.#make(body, inside(region, place));
      return this.#stage.leaving(region, Effect.timeoutOption(work, ms));
    });
  }

  /** Notes how a scope ended, and what there was to see from it (R9). */
  #ended(
    exit: Exit.Exit<Option.Option<unknown>, unknown>,
    region: Region,
    place: Place,
  ): void {
    const outside = region.shielded
      // What Effect interrupts it keeps out only until its body has ended.
      ? allAround(place).some(({ byEffect }) => byEffect)
        ? "perhaps"
        : "not cancelled"
      : this.#stateOf(place.region);
    const end = isOnlyInterrupted(exit)
      ? "passed on"
      : Exit.isSuccess(exit) && Option.isNone(exit.value)
      ? "caught"
      : "something else";
    this.#stage.recording.scopes.push({ region, end, outside });
  }

  #stateOf(region: Region): ScopeStory["outside"] {
    const { clock, recording } = this.#stage;
    const now = clock.now();
    if (region.reachedBy <= recording.lines.length) return "cancelled";
    if (region.reachedAt < now) return "cancelled";
    return region.reachedAt === now ? "perhaps" : "not cancelled";
  }

  /** An async function in a scope of its own. */
  host(part: Host, place: Place): Work {
    return Effect.suspend(() => {
      const region = this.#stage.newRegion([place.region]);
      const inner = inside(region, place);
      const scope = cancelScope((_, signal) =>
        hostCode(this.#stage, part, inner, signal)
      );
      return this.#stage.leaving(region, scope);
    });
  }

  cancel(number: number, by: Place): void {
    if (this.#opened.length === 0) return;
    const { scope, region } = this.#opened[number % this.#opened.length]!;
    const event = this.#stage.tell(by.task, `cancels region ${region.number}`);
    this.#stage.cancelled(region);
    region.cancelledBy = Math.min(region.cancelledBy, event);
    scope.cancel();
  }
}
