/**
 * Who has arrived at a barrier in this round: pure, of no clock and no task.
 *
 * ```
 * open ──last arrives──▶ complete     all go; the next round is another one
 *   └──one leaves──▶ broken           all fail; the next round is another one
 * ```
 */
export class BarrierRound {
  state: "open" | "complete" | "broken" = "open";
  readonly #parties: number;
  #arrived = 0;

  constructor(parties: number) {
    this.#parties = parties;
  }

  /** How many stand there and wait for the rest. */
  get waiting(): number {
    return this.state === "open" ? this.#arrived : 0;
  }

  /** Answers how many came before; the last one completes the round. */
  arrive(): number {
    const index = this.#arrived++;
    if (this.#arrived === this.#parties) this.state = "complete";
    return index;
  }

  /** One that has arrived goes away: an open round can never be complete. */
  leave(): void {
    if (this.state === "open") this.state = "broken";
  }
}
