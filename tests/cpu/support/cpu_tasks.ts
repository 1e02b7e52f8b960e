// Tasks that the tests of CPU scopes share.

import { type CpuScope, type CpuTask, inline } from "../../../src/cpu/mod.ts";
import { sleep } from "../../../src/core/mod.ts";

/** A task of a function's source. */
export function sourceTask<R = unknown>(
  source: string,
  name = "task",
): CpuTask<[], R> {
  const fn = new Function(`return ${source}`)();
  return inline(fn).with({ name }) as unknown as CpuTask<[], R>;
}

/** Loops for ever. */
export const spin: CpuTask<[], never> = inline((): never => {
  for (;;);
});

/** The square of a number. */
export const square: CpuTask<[n: number], number> = inline(
  (n: number) => n * n,
);

/** Waits until so many tasks run. */
export function* untilRunning(cpu: CpuScope, count: number) {
  const start = performance.now();
  while (cpu.statistics().running < count) {
    if (performance.now() - start > 20_000) throw new Error("nothing runs");
    yield* sleep(2);
  }
}
