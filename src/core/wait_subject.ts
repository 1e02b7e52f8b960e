import type { ScopeOwner } from "./_scope_tree.ts";

/** What a wait is for, as told to people and to the search for deadlocks. */
export interface WaitSubject {
  /** As in `Lock "orders"`. */
  readonly label: string;
  /** The tasks that hold it and could give it up, where that is known. */
  holders?(): ReadonlyArray<ScopeOwner>;
  /** The tasks whose end it is that is waited for. */
  ends?(): ReadonlyArray<ScopeOwner>;
}

/** What a strand needs to know of the wait it is in. */
export interface OpenWait {
  readonly subject: WaitSubject | undefined;
  /** Tries to undo the wait because the strand has been cancelled. */
  cancel(): void;
}
