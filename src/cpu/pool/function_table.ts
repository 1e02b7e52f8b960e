import type { TaskSource, TaskValue } from "../task_value.ts";

/** The functions of a pool, by the numbers that its workers know them by. */
export class FunctionTable {
  readonly #numbers = new Map<string, number>();
  readonly #sources: TaskSource[] = [];

  /** The number of a task's function. */
  numberOf(task: TaskValue): number {
    const known = this.#numbers.get(task.kind);
    if (known !== undefined) return known;
    const number = this.#sources.push(task.source) - 1;
    this.#numbers.set(task.kind, number);
    return number;
  }

  /** What a worker is told of function `number`. */
  valuesOf(number: number): readonly string[] {
    const { kind, source, name } = this.#sources[number]!;
    return [kind, source, name];
  }
}
