import type { Job } from "./job.ts";

/**
 * Jobs that wait: the highest priority first, first in first out among equals.
 *
 * A job whose state is not "queued" any more has left; it is skipped when its
 * turn comes.
 */
export class JobQueue {
  /** One line for each priority. */
  readonly #lines = new Map<number, Line>();
  /** The priorities that have a line, highest first. */
  #priorities: number[] = [];
  #size = 0;

  /** How many jobs wait. */
  get size(): number {
    return this.#size;
  }

  /** Puts a job behind its equals. */
  push(job: Job): void {
    job.state = "queued";
    this.#line(job.priority).back.push(job);
    this.#size++;
  }

  /** Puts jobs that were taken out before back where they were, in order. */
  putBack(jobs: readonly Job[]): void {
    for (const job of jobs.toReversed()) {
      job.state = "queued";
      this.#line(job.priority).front.push(job);
      this.#size++;
    }
  }

  /** Notes that a queued job will not be taken: its state says so. */
  left(): void {
    this.#size--;
  }

  /** The next job. */
  peek(): Job | undefined {
    for (const priority of this.#priorities) {
      const next = this.#lines.get(priority)!.peek();
      if (next) return next;
    }
    return undefined;
  }

  /** Takes the next job out. */
  shift(): Job | undefined {
    for (const priority of this.#priorities) {
      const next = this.#lines.get(priority)!.shift();
      if (!next) continue;
      this.#size--;
      return next;
    }
    return undefined;
  }

  /** The jobs that wait, in the order of their turns. */
  *[Symbol.iterator](): Generator<Job> {
    for (const priority of this.#priorities) {
      yield* this.#lines.get(priority)!;
    }
  }

  #line(priority: number): Line {
    let line = this.#lines.get(priority);
    if (line === undefined) {
      line = new Line();
      this.#lines.set(priority, line);
      this.#priorities = [...this.#lines.keys()].sort((a, b) => b - a);
    }
    return line;
  }
}

/** A line whose head is an index, so that taking from it moves nothing. */
class Line {
  /** Those put back, the next one last. */
  readonly front: Job[] = [];
  back: (Job | undefined)[] = [];
  #head = 0;

  peek(): Job | undefined {
    // Terminates: each turn drops a job that has left.
    while (this.front.length > 0) {
      const job = this.front[this.front.length - 1]!;
      if (job.state === "queued") return job;
      this.front.pop();
    }
    while (this.#head < this.back.length) {
      const job = this.back[this.#head]!;
      if (job.state === "queued") return job;
      this.#drop();
    }
    return undefined;
  }

  shift(): Job | undefined {
    const job = this.peek();
    if (job === undefined) return undefined;
    if (this.front.length > 0) this.front.pop();
    else this.#drop();
    return job;
  }

  #drop(): void {
    // Or what is over would be kept until the line is cut.
    this.back[this.#head++] = undefined;
    if (this.#head < 1024 || this.#head * 2 < this.back.length) return;
    this.back = this.back.slice(this.#head);
    this.#head = 0;
  }

  *[Symbol.iterator](): Generator<Job> {
    for (const job of this.front.toReversed()) {
      if (job.state === "queued") yield job;
    }
    for (let index = this.#head; index < this.back.length; index++) {
      const job = this.back[index]!;
      if (job.state === "queued") yield job;
    }
  }
}
