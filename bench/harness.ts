/**
 * The bench harness: tables of rows that are measured side by side in one
 * process, each compared with the first row.
 *
 * A bench program is a list of calls of {@linkcode table}. `bench/README.md`
 * says how to write one and how to read what it prints.
 *
 * @module
 */

import { printNote, printTable } from "./_print.ts";
import { measureRows } from "./_sampling.ts";

/** One row of a table: give `run` to have it timed, or `measure` to say the amount yourself. */
export interface Row {
  /** What the row shows, in a few words. */
  readonly name: string;
  /** Does the work once. A promise is awaited. The time it takes is what the row shows. */
  readonly run?: () => unknown;
  /** Does the work once and answers the amount in the unit of the table, so that what it does before and after is not counted. */
  readonly measure?: () => number | Promise<number>;
  /** How many operations one call does; the row shows the amount of one. Default 1. */
  readonly ops?: number;
}

/** How a table is measured and shown. */
export interface TableOptions {
  /** The unit of the amounts: `"ns"` (default) and `"bytes"` are scaled when printed, any other word is printed as it is. */
  readonly unit?: string;
  /** Milliseconds of measuring for each row. Default 400. */
  readonly budget?: number;
  /** How many rounds there are at the least, however long they take. Default 5. */
  readonly rounds?: number;
  /** Milliseconds after which a call that has not answered is given up, and its row says so. Default 60,000. */
  readonly limit?: number;
}

/** What was measured for one row. */
export interface Measured {
  readonly name: string;
  /** The median amount of one operation, `NaN` for a row that failed. */
  readonly median: number;
  /** The median divided by the median of the first row. */
  readonly ratio: number;
  /** A quarter of the samples are below this. */
  readonly low: number;
  /** A quarter of the samples are above this. */
  readonly high: number;
  /** How many samples were taken. */
  readonly samples: number;
  /** Why there is nothing to show: what the row threw, or that it did not answer. */
  readonly failure?: string;
}

/**
 * Measures the rows in interleaved rounds and prints them as a table, each with
 * its ratio to the first row.
 *
 * Every row is first called until one sample takes a few milliseconds, which
 * warms it up. Then every round takes one sample of each row, beginning with
 * another row each time, until the budget is spent: what disturbs the machine
 * disturbs all rows alike. Garbage is collected before each sample.
 *
 * A row that throws or does not answer is shown as such and left out of the
 * later rounds; the others go on.
 *
 * @param title What the table compares.
 * @param rows The rows; the first one is the base of the ratios.
 * @param options How to measure and show them.
 * @returns What was measured, row by row.
 */
export async function table(
  title: string,
  rows: readonly Row[],
  options: TableOptions = {},
): Promise<Measured[]> {
  const quick = Deno.args.includes("--quick");
  const measured = await measureRows(rows, {
    budget: quick ? 20 : options.budget ?? 400,
    rounds: quick ? 1 : options.rounds ?? 5,
    limit: options.limit ?? 60_000,
  });
  const unit = options.unit ?? "ns";
  if (Deno.args.includes("--json")) {
    console.log(JSON.stringify({ title, unit, rows: measured }));
  } else {
    printTable(title, unit, measured);
  }
  return measured;
}

/**
 * Prints a sentence under the table before it: what to conclude, or what the
 * table does not show.
 *
 * @param text The sentence.
 */
export function note(text: string): void {
  if (Deno.args.includes("--json")) console.log(JSON.stringify({ note: text }));
  else printNote(text);
}

/**
 * Collects garbage and tells how many bytes of heap are in use: the difference
 * of two readings is what the things made in between hold on to.
 *
 * @returns The bytes in use. Without `--v8-flags=--expose-gc`, which
 * `deno task bench` gives, garbage is counted too.
 */
export function heapInUse(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  return Deno.memoryUsage().heapUsed;
}
