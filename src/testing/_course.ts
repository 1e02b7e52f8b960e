import type { Step } from "./_simulation.ts";
import type { Decision } from "./schedulers/scheduler.ts";

/**
 * Sums up which choices an interleaving came to, and among whom: two bodies that
 * take other turns have other sums.
 */
export class Course {
  #choices = 0;
  // FNV-1a, 32 bits.
  #sum = 0x811c9dc5;

  /** Notes a choice among those who are ready. */
  note(kind: Decision["kind"], ready: readonly Step[]): void {
    this.#choices++;
    this.#mix(kind);
    for (const { task } of ready) this.#mix(task?.path ?? "");
  }

  /** The sum, in letters and digits. */
  get sum(): string {
    return `${this.#choices.toString(36)}-${this.#sum.toString(36)}`;
  }

  #mix(text: string): void {
    for (let at = 0; at < text.length; at++) {
      this.#mixNumber(text.charCodeAt(at));
    }
    this.#mixNumber(0);
  }

  #mixNumber(number: number): void {
    this.#sum = Math.imul(this.#sum ^ number, 0x01000193) >>> 0;
  }
}
