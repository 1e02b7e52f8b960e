import type { Measured } from "./harness.ts";

/**
 * Prints one table: name, median, spread and ratio of every row.
 *
 * @param title What the table compares.
 * @param unit The unit of the amounts.
 * @param rows What was measured.
 */
export function printTable(
  title: string,
  unit: string,
  rows: readonly Measured[],
): void {
  console.log(`\n${title}\n${tableText(unit, rows)}`);
}

/**
 * Prints a sentence under a table.
 *
 * @param text The sentence.
 */
export function printNote(text: string): void {
  console.log(`  ${text}`);
}

/**
 * Lays out the rows of a table in columns.
 *
 * @param unit The unit of the amounts.
 * @param rows What was measured.
 * @returns The lines of the table.
 */
export function tableText(unit: string, rows: readonly Measured[]): string {
  const lines = [
    ["", "median", "spread", "ratio"],
    ...rows.map((row) => cells(row, unit)),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((line) => line.length < 3 ? 0 : line[column]!.length))
  );
  widths[0] = Math.max(...rows.map(({ name }) => name.length));
  return lines.map(([name = "", ...rest]) => {
    if (rest.length === 1) return `  ${name.padEnd(widths[0]!)}  ${rest[0]}`;
    const padded = rest.map((cell, at) => cell.padStart(widths[at + 1]!));
    return `  ${name.padEnd(widths[0]!)}  ${padded.join("  ")}`.trimEnd();
  }).join("\n");
}

/** The cells of a row: four, or two where there is nothing to show but why. */
function cells(row: Measured, unit: string): string[] {
  if (row.failure !== undefined) return [row.name, `[${row.failure}]`];
  const spread = (row.high - row.low) / 2 / row.median;
  return [
    row.name,
    amount(row.median, unit),
    Number.isFinite(spread) ? `±${(spread * 100).toFixed(0)} %` : "",
    Number.isFinite(row.ratio) ? `${ratio(row.ratio)}×` : "",
  ];
}

/** Scales nanoseconds and bytes to a word that is easy to read. */
function amount(value: number, unit: string): string {
  const scales: Record<string, readonly (readonly [number, string])[]> = {
    ns: [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]],
    bytes: [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [1, "B"]],
  };
  const scale = scales[unit] ?? [[1, unit]];
  const [by, word] = scale.find(([by]) => Math.abs(value) >= by) ??
    scale.at(-1)!;
  return `${short(value / by)} ${word}`;
}

function ratio(value: number): string {
  return value >= 1000
    ? value.toLocaleString("en", { maximumFractionDigits: 0 })
    : value.toPrecision(3);
}

function short(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
