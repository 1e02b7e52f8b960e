import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyBody } from "../core/any_body.ts";
import { rejectionOf } from "../core/error_group.ts";
import {
  type Interleaving,
  type Observer,
  runInterleaving,
} from "./_deterministic_run.ts";
import { type Attempt, fewestSwitches } from "./_fewest_switches.ts";
import type { Patience } from "./_host_turns.ts";
import { shrink } from "./_shrink.ts";
import { Story } from "./_story.ts";
import { tokenOf } from "./_token.ts";
import { Deadlock, PromiseOverdue } from "./exploration_errors.ts";
import { ReplayScheduler } from "./schedulers/replay.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";

/** What was found to be wrong, and how to see it again. */
export interface ExplorationFailure {
  /** What `run` would have rejected with. */
  readonly error: unknown;
  /** The whole of it. */
  readonly cause: Cause.Cause<unknown>;
  /** One line from which `replay` runs the same interleaving again. */
  readonly token: string;
  /** Which task did what, in order, with the virtual time. */
  readonly story: string;
}

/** An interleaving that was written down. */
export interface Told {
  readonly ran: Interleaving;
  readonly story: string;
  /** Tells it from those of other bodies. */
  readonly course: string;
}

/** What the body is, and what may happen in its interleavings. */
export interface ExplorerSettings {
  readonly name: string;
  readonly preemptions: number;
  readonly cancels: boolean;
}

/** For how long the host may keep a body waiting. */
const PATIENCE: Patience = { grace: 100, limit: 10_000 };
/** The same, for a body that is known to wait in vain. */
const IMPATIENCE: Patience = { grace: 5, limit: 100 };
/** How long a failing interleaving is made simpler, at the most. */
const SHRINK_MS = 1_000;

/** Runs one body in many interleavings. */
export class Explorer {
  readonly #body: AnyBody;
  readonly #settings: ExplorerSettings;

  constructor(body: AnyBody, settings: ExplorerSettings) {
    this.#body = body;
    this.#settings = settings;
  }

  /** Runs one interleaving. */
  run(
    scheduler: Scheduler,
    options: { readonly patience?: Patience; readonly observer?: Observer } =
      {},
  ): Interleaving | Promise<Interleaving> {
    const { preemptions, cancels } = this.#settings;
    return runInterleaving(this.#body, {
      scheduler,
      preemptions,
      cancels,
      patience: options.patience ?? PATIENCE,
      observer: options.observer,
    });
  }

  /** Makes a failing interleaving as simple as can be, and tells of it. */
  async describe(failing: Interleaving): Promise<ExplorationFailure> {
    const kind = kindOf(failing);
    const isOverdue = errorOf(failing) instanceof PromiseOverdue;
    const isInVain = isOverdue || errorOf(failing) instanceof Deadlock;
    const patience = isInVain ? IMPATIENCE : PATIENCE;
    const answers = await this.#simplest(failing, async (scheduler) => {
      const ran = await this.run(scheduler, { patience });
      return { path: ran.path, fails: kindOf(ran) === kind };
    });
    // What woke nobody while it was made simpler may do so yet; but a promise
    // that is overdue has had its time.
    const told = await this.tell(answers, isOverdue ? IMPATIENCE : PATIENCE);
    const { exit } = failing;
    if (kindOf(told.ran) !== kind) {
      const story = `${told.story}\n${OTHER_COURSE}`;
      return this.failureOf({ ...told, ran: failing, story });
    }
    return this.failureOf(
      isOverdue ? { ...told, ran: { ...told.ran, exit } } : told,
    );
  }

  /** Looks for the simplest interleaving that fails in the same way. */
  async #simplest(
    { path }: Interleaving,
    attempt: Attempt,
  ): Promise<readonly number[]> {
    const deadline = performance.now() + SHRINK_MS;
    const retry = async (candidate: readonly number[]) => {
      const { path, fails } = await attempt(new ReplayScheduler(candidate));
      return fails ? path.answers : undefined;
    };
    const shrunk = await shrink(path.answers, retry, deadline);
    const fewest = await fewestSwitches(shrunk, attempt, deadline);
    return fewest === shrunk ? shrunk : await shrink(fewest, retry, deadline);
  }

  /** Runs one interleaving once more and writes it down. */
  async tell(
    answers: readonly number[],
    patience: Patience = PATIENCE,
  ): Promise<Told> {
    const observer = new Story();
    const scheduler = new ReplayScheduler(answers);
    const ran = await this.run(scheduler, { patience, observer });
    return { ran, story: observer.text(), course: observer.course };
  }

  /** What to say of an interleaving that failed. */
  failureOf(told: Told): ExplorationFailure {
    const cause = causeOf(told.ran);
    const error = rejectionOf(cause);
    return { error, cause, token: this.#tokenOf(told), story: told.story };
  }

  /** What to say of a breach that no body reported. */
  breach(error: Error, told: Told): ExplorationFailure {
    const cause = Cause.die(error);
    return { error, cause, token: this.#tokenOf(told), story: told.story };
  }

  #tokenOf({ ran, course }: Told): string {
    const { answers } = ran.path;
    return tokenOf({ ...this.#settings, answers, course });
  }
}

const OTHER_COURSE =
  "(When it was run again, the same interleaving ended otherwise: the body is " +
  "not deterministic.)";

/** The failure of an interleaving; an empty cause where there is none. */
function causeOf({ exit }: Interleaving): Cause.Cause<unknown> {
  return Exit.isFailure(exit) ? exit.cause : Cause.empty;
}

/** What `run` would have rejected with. */
function errorOf(ran: Interleaving): unknown {
  return rejectionOf(causeOf(ran));
}

/** Tells apart failures of different kinds; `undefined` where there is none. */
function kindOf(ran: Interleaving): string | undefined {
  if (Exit.isSuccess(ran.exit)) return undefined;
  const error = errorOf(ran);
  if (error instanceof Deadlock) return error._tag;
  return error instanceof Error ? `an ${error.name}` : String(error);
}
