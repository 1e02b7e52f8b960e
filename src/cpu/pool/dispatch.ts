import type { BatchClock } from "./batch_clock.ts";
import type { Crew, Slot } from "./crew.ts";
import type { Job } from "./job.ts";
import type { JobQueue } from "./job_queue.ts";
import type { Placement } from "./placement.ts";
import type { PoolWorker } from "./pool_worker.ts";

/** Who is told of what is handed out. */
export interface DispatchUser {
  /** Puts a job that was held into a queue, if there is one and room for it. */
  admitHeld(): boolean;
  /** A job went to a worker. */
  sent(job: Job): void;
  /** Jobs came back from a worker that has not started them. */
  returned(worker: PoolWorker, jobs: readonly Job[]): void;
}

/** How long a head may stand still before others are taken from behind it. */
const STUCK = 3;

/** Hands jobs from the queues to the workers. */
export class Dispatch {
  readonly #crew: Crew;
  readonly #queue: JobQueue;
  readonly #isCentral: boolean;
  readonly #clock: BatchClock;
  readonly #user: DispatchUser;
  /** Those that were given something in this run. */
  readonly #given = new Set<PoolWorker>();
  #isDispatching = false;
  #stuckTimer: ReturnType<typeof setTimeout> | undefined;
  #heads: (Job | undefined)[] = [];

  constructor(
    crew: Crew,
    placement: Placement,
    clock: BatchClock,
    user: DispatchUser,
  ) {
    this.#crew = crew;
    this.#queue = placement.central;
    this.#isCentral = placement.isCentral;
    this.#clock = clock;
    this.#user = user;
  }

  /** Hands out nothing any more. */
  close(): void {
    clearTimeout(this.#stuckTimer);
  }

  /** Hands out whatever can be handed out now. */
  run(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    // Terminates: each turn sends a job or admits one.
    do {
      this.#sendCentral();
      this.#shareOut();
      for (const slot of this.#crew.slots) this.#sendTo(slot, slot.queue);
    } while (this.#user.admitHeld());
    for (const worker of this.#given) worker.wake();
    this.#given.clear();
    this.#clock.pass();
    this.#isDispatching = false;
  }

  #sendCentral(): void {
    for (;;) {
      const job = this.#queue.peek();
      if (job === undefined) return;
      const slot = freest(this.#crew.slots, job, this.#crew.isComplete);
      if (slot === undefined) break;
      this.#queue.shift();
      this.#send(slot, job);
      this.#sendGroup(slot, this.#queue, job.group);
    }
    this.#crew.wake();
  }

  /** Gives idle workers what waits behind others, once nothing else waits. */
  #shareOut(): void {
    if (!this.#isCentral || this.#queue.size > 0) return;
    const { slots } = this.#crew;
    // Terminates: each turn makes an idle worker a busy one.
    for (const slot of slots) {
      if (!slot.worker?.isIdle || slot.worker.state !== "ready") continue;
      const rich = slots.find(({ worker }) => worker?.inFlight.spare)?.worker;
      const job = rich?.inFlight.spare;
      if (rich === undefined || job === undefined) return;
      if (rich.recall(job)) this.#send(slot, job);
    }
  }

  #sendGroup(slot: Slot, queue: JobQueue, group: object | undefined): void {
    if (group === undefined) return;
    for (let job = queue.peek(); job?.group === group; job = queue.peek()) {
      queue.shift();
      this.#send(slot, job);
    }
  }

  #sendTo(slot: Slot, queue: JobQueue): void {
    for (;;) {
      const job = queue.peek();
      if (job === undefined) return;
      if (!slot.worker?.accepts(job, true)) break;
      queue.shift();
      this.#send(slot, job);
      this.#sendGroup(slot, queue, job.group);
    }
    if (slot.worker === undefined) this.#crew.wake();
  }

  #send(slot: Slot, job: Job): void {
    const worker = slot.worker!;
    job.sentAt = this.#clock.now;
    this.#given.add(worker);
    worker.send(job);
    this.#user.sent(job);
    this.#crew.jobSent();
    if (worker.inFlight.size > 1 || worker.state === "starting") {
      this.#watchStuck();
    }
  }

  /**
   * Frees what waits behind a task that takes longer than its kind did before,
   * or for a thread that still starts while another is idle.
   */
  #watchStuck(): void {
    if (!this.#isCentral || this.#stuckTimer !== undefined) return;
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = undefined;
      const isAnyIdle = this.#crew.slots.some(({ worker }) =>
        worker?.isIdle && worker.state === "ready"
      );
      const before = this.#heads;
      this.#heads = this.#crew.slots.map(({ worker }, index) => {
        if (worker === undefined || worker.inFlight.unstarted === 0) {
          return undefined;
        }
        this.#watchStuck();
        const head = worker.inFlight.oldest;
        // A head that has not started is behind nobody: what it carries is on
        // its way, and sending it again would take as long.
        const isStuck = worker.state === "ready"
          ? head === before[index] && head === worker.running &&
            worker.inFlight.isLate(head!, performance.now() - head!.sentAt)
          : isAnyIdle;
        if (isStuck && head?.group === undefined) {
          if (worker.state === "ready") worker.inFlight.noteStuck();
          this.#user.returned(worker, worker.recallAll());
        }
        return head;
      });
    }, STUCK);
  }
}

/**
 * Who may have the job: an idle one first, a running one before a new one. Of
 * several idle ones the one that was busy last, as it is awake; of several busy
 * ones the one that has finished least.
 */
function freest(
  slots: readonly Slot[],
  job: Job,
  mayBeNext: boolean,
): Slot | undefined {
  let best: Slot | undefined;
  let least = Infinity;
  for (const slot of slots) {
    const { worker } = slot;
    if (!worker?.accepts(job, mayBeNext)) continue;
    const { size } = worker.inFlight;
    const load = size === 0 ? (worker.state === "ready" ? -2 : -1) : size;
    if (load > least) continue;
    if (load === least && !isBetter(slot, best!, load)) continue;
    best = slot;
    least = load;
  }
  return best;
}

/** Whether the job is better off on `slot`, of two that have the same load. */
function isBetter(slot: Slot, best: Slot, load: number): boolean {
  return load < 0
    ? slot.idleSince > best.idleSince
    : slot.completed < best.completed;
}
