import type { Measured, Row } from "./harness.ts";

/** How long to measure; milliseconds, but for `rounds`. */
export interface Sampling {
  readonly budget: number;
  readonly rounds: number;
  readonly limit: number;
}

/** A row on its way through the rounds. */
interface Running {
  readonly row: Row;
  readonly samples: number[];
  /** How often a timed row is called for one sample. */
  calls: number;
  failure?: string;
}

/** One sample takes at least this long, so that the grain of the clock does not show. */
const SAMPLE_MS = 5;
/** A row is warm after this long. */
const WARM_UP_MS = 30;
/** More rounds than this teach nothing. */
const MAX_ROUNDS = 400;

/**
 * Takes samples of all rows in turn until the budget is spent.
 *
 * @param rows The rows to measure.
 * @param sampling How long to do it.
 * @returns What was measured, in the order of the rows.
 */
export async function measureRows(
  rows: readonly Row[],
  sampling: Sampling,
): Promise<Measured[]> {
  const running = rows.map((row): Running => ({ row, samples: [], calls: 1 }));
  for (const each of running) await warmUp(each, sampling.limit);

  const end = performance.now() + sampling.budget * rows.length;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (round >= sampling.rounds && performance.now() >= end) break;
    for (let turn = 0; turn < running.length; turn++) {
      // Fairness: the row that goes first changes, so none is always the one
      // that follows the most wasteful of the others.
      const each = running[(round + turn) % running.length]!;
      if (each.failure === undefined) await takeSample(each, sampling.limit);
    }
  }
  return summarise(running);
}

/** Calls a row until it is warm and one sample is long enough; keeps no sample. */
async function warmUp(each: Running, limit: number): Promise<void> {
  let spent = 0;
  while (each.failure === undefined) {
    const took = await takeSample(each, limit);
    spent += took;
    const longEnough = took >= SAMPLE_MS || each.row.measure !== undefined;
    if (longEnough && spent >= WARM_UP_MS) break;
    // A measuring row may take no time at all: once is then warm enough.
    if (each.row.measure && took < 1) break;
    if (!longEnough) each.calls *= 2;
  }
  each.samples.length = 0;
}

/** Takes one sample, or notes why there is none; answers the milliseconds it took. */
async function takeSample(each: Running, limit: number): Promise<number> {
  collectGarbage();
  const start = performance.now();
  try {
    each.samples.push(await withinLimit(sampleOf(each), limit));
  } catch (error) {
    each.failure = error instanceof Error ? error.message : String(error);
  }
  return performance.now() - start;
}

/** The amount of one operation. */
async function sampleOf({ row, calls }: Running): Promise<number> {
  const { run, measure, ops = 1 } = row;
  if (measure) return await measure() / ops;
  if (!run) {
    throw new TypeError(`Row "${row.name}" has neither run nor measure`);
  }
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const answer = run();
    // Only a promise is waited for: a row that does not wait pays nothing here.
    if (answer instanceof Promise) await answer;
  }
  return (performance.now() - start) * 1e6 / calls / ops;
}

async function withinLimit<T>(answer: Promise<T>, limit: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`no answer within ${limit / 1000} s`)),
    limit,
  );
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function summarise(running: readonly Running[]): Measured[] {
  const base = quantile(running[0]?.samples ?? [], 0.5);
  return running.map(({ row, samples, failure }) => {
    // The samples of a row that failed half-way would flatter it.
    const kept = failure === undefined ? samples : [];
    const median = quantile(kept, 0.5);
    return {
      name: row.name,
      median,
      ratio: median / base,
      low: quantile(kept, 0.25),
      high: quantile(kept, 0.75),
      samples: kept.length,
      ...(failure === undefined ? {} : { failure }),
    };
  });
}

function quantile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * at)] ?? NaN;
}

function collectGarbage(): void {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
}
