import type { HostLink } from "../transport/host_link.ts";
import type { Job } from "./job.ts";
import type { TaskTimes } from "./task_times.ts";

/** How many jobs a worker holds at most, however short they are. */
const MOST = 256;

/** What a worker was given and has not finished, in the order it was given. */
export class JobsInFlight {
  readonly #jobs = new Map<number, Job>();
  readonly #link: HostLink;
  readonly #times: TaskTimes;
  /** How long they should take, in microseconds. */
  #load = 0;
  /** The job that nothing is to wait behind any more. */
  #stuck: Job | undefined;

  constructor(link: HostLink, times: TaskTimes) {
    this.#link = link;
    this.#times = times;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** The job with this number. */
  get(id: number): Job | undefined {
    return this.#jobs.get(id);
  }

  /** The jobs, the oldest first. */
  values(): IterableIterator<Job> {
    return this.#jobs.values();
  }

  /** The oldest job. */
  get oldest(): Job | undefined {
    return this.#jobs.values().next().value;
  }

  /** The job that runs, if one does. */
  get running(): Job | undefined {
    const job = this.oldest;
    const position = job?.position;
    const runs = position !== undefined && this.#link.isTaken(position);
    return runs ? job : undefined;
  }

  /** Whether the thread is in the synchronous code of a task. */
  get isInStep(): boolean {
    return this.#link.activity === "running";
  }

  /** How many have not started. */
  get unstarted(): number {
    return this.size - (this.running ? 1 : 0);
  }

  /**
   * Whether `job` may wait here: alone, or behind fast ones.
   *
   * @param mayBeNext Whether it may wait behind one of some milliseconds.
   */
  hasRoomFor(job: Job, mayBeNext: boolean): boolean {
    const { size } = this.#jobs;
    const { oldest } = this;
    if (oldest === undefined) return true;
    if (job.args.transfer.length > 0 || job.credit !== undefined) return false;
    if (size >= MOST || oldest === this.#stuck) return false;
    // What it waits for on the loop may be this very job.
    if (oldest.hostCalls !== undefined && oldest.hostCalls.size > 0) {
      return false;
    }
    const estimate = this.#times.estimate(job.kind);
    return this.#times.fitsBehind(this.#load, estimate) ||
      (mayBeNext && size === 1 && this.#times.fitsNext(this.#load, estimate));
  }

  /** Whether the oldest job has run for `ms`, and far longer than its kind does. */
  isLate(job: Job, ms: number): boolean {
    return ms * 1000 > 2 * this.#times.estimate(job.kind);
  }

  /** Lets no job wait behind the oldest any more. */
  noteStuck(): void {
    this.#stuck = this.oldest;
  }

  /** The newest job, if an idle worker should take it over. */
  get spare(): Job | undefined {
    if (this.#jobs.size < 2 || !this.#times.isWorthTaking(this.#load)) {
      return undefined;
    }
    const newest = [...this.#jobs.values()].at(-1)!;
    const isFree = newest.group === undefined && newest.state === "sent" &&
      newest.args.transfer.length === 0;
    return isFree ? newest : undefined;
  }

  /** Takes a job in. */
  add(job: Job): void {
    this.#jobs.set(job.id, job);
    this.#load += this.#times.estimate(job.kind);
  }

  /** Lets go of a job. */
  delete(job: Job): void {
    this.#jobs.delete(job.id);
    if (job === this.#stuck) this.#stuck = undefined;
    if (this.#jobs.size === 0) {
      this.#load = 0;
      return;
    }
    this.#load -= this.#times.estimate(job.kind);
    // What was unknown when it was sent was counted as endless.
    if (!Number.isFinite(this.#load)) this.#recount();
  }

  /** Lets go of those that have not started and can be sent again. */
  takeUnstarted(): Job[] {
    const { running } = this;
    const unstarted = [...this.#jobs.values()].filter((job) =>
      job !== running && job.state === "sent" && job.args.transfer.length === 0
    );
    for (const job of unstarted) this.delete(job);
    return unstarted;
  }

  #recount(): void {
    this.#load = 0;
    for (const job of this.#jobs.values()) {
      this.#load += this.#times.estimate(job.kind);
    }
  }
}
