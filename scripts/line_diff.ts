/**
 * Compares two texts line by line and shows what is missing and what is extra.
 *
 * @param expected The lines that were expected; marked `-` where missing.
 * @param actual The lines that came; marked `+` where extra.
 * @param same Tells whether two lines are the same.
 * @returns The lines of both, in order, each behind its mark.
 */
export function lineDiff(
  expected: readonly string[],
  actual: readonly string[],
  same: (expected: string, actual: string) => boolean,
): string[] {
  const common = commonLengths(expected, actual, same);
  const diff: string[] = [];
  let at = 0;
  let to = 0;
  while (at < expected.length || to < actual.length) {
    const left = expected[at];
    const right = actual[to];
    if (left !== undefined && right !== undefined && same(left, right)) {
      diff.push(`  ${right}`);
      at++;
      to++;
    } else if (
      left !== undefined &&
      (right === undefined || common[at + 1]![to]! >= common[at]![to + 1]!)
    ) {
      diff.push(`- ${left}`);
      at++;
    } else {
      diff.push(`+ ${right}`);
      to++;
    }
  }
  return diff;
}

/** How many lines the rests from each pair of places on have in common. */
function commonLengths(
  expected: readonly string[],
  actual: readonly string[],
  same: (expected: string, actual: string) => boolean,
): number[][] {
  const lengths = Array.from(
    { length: expected.length + 1 },
    () => new Array<number>(actual.length + 1).fill(0),
  );
  for (let at = expected.length - 1; at >= 0; at--) {
    for (let to = actual.length - 1; to >= 0; to--) {
      lengths[at]![to] = same(expected[at]!, actual[to]!)
        ? lengths[at + 1]![to + 1]! + 1
        : Math.max(lengths[at + 1]![to]!, lengths[at]![to + 1]!);
    }
  }
  return lengths;
}
