/**
 * The queue in front of a state machine, as far as the machine needs it: the
 * machine decides who is next and what it gets, and never how a task waits.
 *
 * @typeParam C What a waiter asks for.
 */
export interface WaitQueue<C> {
  /** How many wait. */
  readonly size: number;
  /** What the one that waits longest asks for. */
  readonly head: C | undefined;
  /** Takes the head out of the queue and lets it go on in a later turn. */
  wakeHead(): void;
}

/**
 * What a waiter asks for.
 *
 * Invariant: `held` is true from the moment of the grant, which is before the
 * waiter runs again, until it is given back.
 */
export interface Claim {
  /** Whether it has been granted. */
  held: boolean;
}
