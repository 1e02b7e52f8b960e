import type { CancelScope } from "../core/cancel_scope.ts";
import type { Cancellation } from "../core/cancellation.ts";
import { errorOf, failuresOf } from "../core/error_group.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Task } from "../core/task.ts";
import { Course } from "./_course.ts";
import type { Observer } from "./_deterministic_run.ts";
import type { Step } from "./_simulation.ts";
import type { Decision } from "./schedulers/scheduler.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** What one task did in one step. */
interface Line {
  readonly at: number;
  readonly who: string;
  readonly did: string[];
}

/** Longer stories than this are cut in the middle. */
const MOST_LINES = 120;

/**
 * Writes down one interleaving for people: which task did what, in order, with
 * the virtual time.
 */
export class Story implements Observer {
  readonly clock = new VirtualClock();
  readonly #lines: Line[] = [];
  readonly #waits = new Map<Task, string>();
  readonly #names = new Map<Task, string>();
  readonly #namesakes = new Map<string, number>();
  #running: Task | undefined = undefined;
  #isDelivery = false;
  #isOver = false;
  readonly #course = new Course();

  /** Tells this interleaving from those of other bodies. */
  get course(): string {
    return this.#course.sum;
  }

  chosenAmong(kind: Decision["kind"], ready: readonly Step[]): void {
    this.#course.note(kind, ready);
  }

  stepTaken({ task, isDelivery }: Step): void {
    this.#close();
    this.#running = task;
    this.#isDelivery = isDelivery ?? false;
    this.#open(task === undefined ? "the runtime" : this.#nameOf(task));
  }

  preempted(): void {
    this.#note(this.#running, "loses its turn between two operations");
  }

  cancelled(task: Task): void {
    this.#close();
    this.#open("the test").did.push(`cancels ${this.#nameOf(task)}`);
  }

  /** What follows is only cleanup. */
  over(): void {
    this.#close();
    this.#isOver = true;
  }

  taskStarted(task: Task): void {
    // The root takes its first step before there is anything to choose.
    if (task.parentTask === undefined) this.#open(this.#nameOf(task));
    if (task.parentTask === undefined) this.#running = task;
    this.#note(task, "begins");
  }

  taskSpawned(task: Task): void {
    if (task.parentTask === undefined) return;
    this.#note(this.#running, `starts ${this.#nameOf(task)}`);
  }

  taskWaiting(task: Task, what: string): void {
    this.#waits.set(task, what);
    this.#note(task, `waits for ${what}`);
  }

  taskResumed(task: Task): void {
    const what = this.#waits.get(task);
    this.#waits.delete(task);
    if (what === undefined || task !== this.#running) return;
    this.#note(task, `goes on after waiting for ${what}`);
  }

  taskPassed(task: Task, what: string): void {
    this.#note(task, `gets ${what} at once`);
  }

  scopeCancelled(_scope: CancelScope, cancellation: Cancellation): void {
    const { scope, reason } = cancellation;
    // Time has moved since the last step: it was nobody's.
    if (this.#lines.at(-1)?.at !== this.clock.now()) {
      this.#close();
      this.#open("the clock");
    }
    this.#note(this.#running, `cancels "${scope}" (${reason._tag})`);
  }

  taskExited(task: Task, outcome: Outcome<unknown, unknown>): void {
    this.#note(task, endOf(outcome));
  }

  /** The story, one line a step. */
  text(): string {
    this.#close();
    const rows = this.#lines.filter(({ did }) => did.length > 0).map(
      ({ at, who, did }) => [timeOf(at), who, did.join(", ")] as const,
    );
    const timeWidth = Math.max(0, ...rows.map(([time]) => time.length));
    const nameWidth = Math.max(0, ...rows.map(([_, who]) => who.length));
    const lines = rows.map(([time, who, did]) =>
      `${time.padStart(timeWidth)}  ${who.padEnd(nameWidth)}  ${did}`
    );
    return shortened(lines).join("\n");
  }

  #open(who: string): Line {
    const line = { at: this.clock.now(), who, did: [] };
    if (!this.#isOver) this.#lines.push(line);
    return line;
  }

  /** A step that ended in nothing else gave the others a turn. */
  #close(): void {
    const line = this.#lines.at(-1);
    const isOpen = this.#running !== undefined && !this.#isOver;
    this.#running = undefined;
    if (line === undefined || !isOpen) return;
    // That it was told says nothing; what follows from it does.
    if (this.#isDelivery && line.did.length === 0) return;
    if (!line.did.some((deed) => ENDS_STEP.test(deed))) line.did.push("yields");
  }

  #note(task: Task | undefined, deed: string): void {
    if (this.#isOver) return;
    const isOther = task !== undefined && task !== this.#running;
    this.#lines.at(-1)?.did.push(
      isOther ? `${this.#nameOf(task)} ${deed}` : deed,
    );
  }

  /** The path of a task; of two with the same, the later one is numbered. */
  #nameOf(task: Task): string {
    let name = this.#names.get(task);
    if (name === undefined) {
      const { path } = task;
      const count = (this.#namesakes.get(path) ?? 0) + 1;
      this.#namesakes.set(path, count);
      name = count === 1 ? path : `${path} (${count})`;
      this.#names.set(task, name);
    }
    return name;
  }
}

const ENDS_STEP = /^(waits for|ends|fails|loses|is cancelled)/;

function endOf(outcome: Outcome<unknown, unknown>): string {
  switch (outcome._tag) {
    case "Succeeded":
      return "ends";
    case "Cancelled":
      return "is cancelled and ends";
    case "Failed": {
      const [first] = failuresOf(outcome.cause);
      return `fails: ${first === undefined ? "" : inOneLine(errorOf(first))}`;
    }
  }
}

/** The first words of an error. */
function inOneLine(error: unknown): string {
  const text = String(error).replaceAll(/\s+/g, " ").trim();
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

function timeOf(at: number): string {
  return `${Math.round(at * 1000) / 1000} ms`;
}

/** Counts equal lines that follow each other, and cuts what is too long. */
function shortened(lines: readonly string[]): string[] {
  const counted: Array<{ line: string; times: number }> = [];
  for (const line of lines) {
    const last = counted.at(-1);
    if (last?.line === line) last.times++;
    else counted.push({ line, times: 1 });
  }
  const told = counted.map(({ line, times }) =>
    times === 1 ? line : `${line} (${times} times)`
  );
  if (told.length <= MOST_LINES) return told;
  const half = MOST_LINES / 2;
  const left = told.length - 2 * half;
  return [...told.slice(0, half), `… ${left} more …`, ...told.slice(-half)];
}
