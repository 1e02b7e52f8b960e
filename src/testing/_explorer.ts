import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyBody } from "../core/any_body.ts";
import { rejectionOf } from "../core/error_group.ts";
import {
  type Interleaving,
  type Observer,
  runInterleaving,
} from "./_deterministic_run.ts";
import { shrink } from "./_shrink.ts";
import { Story } from "./_story.ts";
import { tokenOf } from "./_token.ts";
import { Deadlock } from "./exploration_errors.ts";
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

/** For how long the host may wake somebody before it is a deadlock. */
const HOST_GRACE_MS = 100;
/** The same, for a body that is known to be blocked for good. */
const SHORT_GRACE_MS = 5;
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
    options: { readonly hostGrace?: number; readonly observer?: Observer } = {},
  ): Interleaving | Promise<Interleaving> {
    const { preemptions, cancels } = this.#settings;
    return runInterleaving(this.#body, {
      scheduler,
      preemptions,
      cancels,
      hostGrace: options.hostGrace ?? HOST_GRACE_MS,
      observer: options.observer,
    });
  }

  /** Makes a failing interleaving as simple as can be, and tells of it. */
  async describe(failing: Interleaving): Promise<ExplorationFailure> {
    const kind = kindOf(failing);
    const hostGrace = kind === "Deadlock" ? SHORT_GRACE_MS : HOST_GRACE_MS;
    const answers = await shrink(
      failing.path.answers,
      async (candidate) => {
        const scheduler = new ReplayScheduler(candidate);
        const ran = await this.run(scheduler, { hostGrace });
        return kindOf(ran) === kind ? ran.path.answers : undefined;
      },
      performance.now() + SHRINK_MS,
    );
    const told = await this.tell(answers);
    if (kindOf(told.ran) === kind) return this.failureOf(told);
    const story = `${told.story}\n${OTHER_COURSE}`;
    return this.failureOf({ ...told, ran: failing, story });
  }

  /** Runs one interleaving once more and writes it down. */
  async tell(answers: readonly number[]): Promise<Told> {
    const observer = new Story();
    const ran = await this.run(new ReplayScheduler(answers), { observer });
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

/** Tells apart failures of different kinds; `undefined` where there is none. */
function kindOf(ran: Interleaving): string | undefined {
  if (Exit.isSuccess(ran.exit)) return undefined;
  const error = rejectionOf(causeOf(ran));
  if (error instanceof Deadlock) return error._tag;
  return error instanceof Error ? `an ${error.name}` : String(error);
}
