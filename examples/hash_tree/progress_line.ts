const PLAIN_EVERY_MS = 1_000;

/**
 * Shows how far a program is, on standard error: one line that is redrawn on a
 * terminal, and now and then a line of its own anywhere else.
 */
export class ProgressLine implements Disposable {
  readonly #isTerminal = Deno.stderr.isTerminal();
  readonly #encoder = new TextEncoder();
  #shownAt = performance.now();

  show(text: string): void {
    if (this.#isTerminal) return this.#write(`\r\x1b[K${text}`);
    if (performance.now() - this.#shownAt < PLAIN_EVERY_MS) return;
    this.#shownAt = performance.now();
    this.#write(`${text}\n`);
  }

  /** Leaves the terminal as it was. */
  [Symbol.dispose](): void {
    if (this.#isTerminal) this.#write("\r\x1b[K");
  }

  #write(text: string): void {
    Deno.stderr.writeSync(this.#encoder.encode(text));
  }
}
