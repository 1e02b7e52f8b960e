import type { Cancellation } from "./cancellation.ts";
import type { RunState } from "./_run_state.ts";

/**
 * One running line of a task, as the scope tree sees it: something that has an
 * innermost scope and can be told that this scope has been cancelled.
 */
export interface Host {
  /** The innermost scope it is in now. */
  node: ScopeNode;
  /** Called when `node` may have become cancelled; must only mark and queue. */
  cancelArrived(): void;
}

/** What a scope belongs to; the full `Task` lives above this file. */
export interface ScopeOwner {
  readonly path: string;
  /** The wait of ours that it is in, for those who watch. */
  wait: object | undefined;
  /** How many cancel points it has passed. */
  cancelPoints: number;
  /** How many schedule points it has passed. */
  schedulePoints: number;
}

/**
 * A place in the tree down which cancellations run (R1, R2).
 *
 * Unbound until it is entered, then linked under the scope that was innermost
 * at that moment, then closed. A task is such a place too: it is linked under
 * the scope of its nursery.
 *
 * Invariant: while open, `cancelled` equals "my own cancellation is set, or I
 * let outer ones through and my parent is cancelled". Every change of those
 * three restores it, iteratively, for the whole subtree.
 */
export class ScopeNode {
  parent: ScopeNode | undefined = undefined;
  /** Who runs the body; a scope is run by one strand at a time. */
  host: Host | undefined = undefined;
  owner: ScopeOwner | undefined = undefined;
  run: RunState | undefined = undefined;
  state: "unbound" | "open" | "closed" = "unbound";
  /** Set by its user: outer cancellations are not heard inside. */
  shielded = false;
  /** Set where it was entered: Effect's own shield, as in a finalizer. */
  walled = false;
  /** Is the inside cancelled, by itself or from outside? */
  cancelled = false;
  #reached: Reached | undefined = undefined;
  #firstChild: ScopeNode | undefined = undefined;
  #next: ScopeNode | undefined = undefined;
  #previous: ScopeNode | undefined = undefined;

  /** How its user called it. */
  get name(): string {
    return "scope";
  }

  /** How it is called in an explanation. */
  get label(): string {
    return `scope "${this.name}"`;
  }

  /** Its own cancellation: `cancel()` was called or its deadline passed. */
  get own(): Cancellation | undefined {
    return this.#reached?.own;
  }

  /**
   * The first cancellation that reached it, own or inherited; never taken back.
   */
  get cancellation(): Cancellation | undefined {
    return this.#reached?.first;
  }

  /** The cancellation that strikes inside now, with the way it came. */
  get strikes(): Cancellation | undefined {
    const reached = this.#reached;
    if (reached?.own === undefined) return reached?.inherited;
    return this.hearsOuterCancellation ? reached.first : reached.own;
  }

  /** How it is called as one step of a cancellation's way. */
  get wayStep(): string {
    return this.label;
  }

  /** Do cancellations from outside stop here? */
  get isShield(): boolean {
    return this.shielded || this.walled;
  }

  /** Called when Effect has interrupted the fiber that runs the body. */
  interruptedByEffect(): void {}

  /** Is an outer cancellation visible inside? */
  get hearsOuterCancellation(): boolean {
    return !this.isShield && this.parent !== undefined &&
      this.parent.cancelled;
  }

  /** The moment at which it is cancelled by itself; a scope may have one. */
  get ownDeadline(): number {
    return Infinity;
  }

  /**
   * Calls `listener` once, when the first cancellation reaches it; answers how
   * to call it off.
   */
  whenReached(listener: () => void): () => void {
    const reached = this.#reached ??= new Reached();
    if (reached.first !== undefined) listener();
    else (reached.listeners ??= new Set()).add(listener);
    return () => reached.listeners?.delete(listener);
  }

  /** Every scope and task directly inside, latest first. */
  *children(): Generator<ScopeNode> {
    for (let child = this.#firstChild; child; child = child.#next) yield child;
  }

  linkUnder(parent: ScopeNode): void {
    this.parent = parent;
    this.state = "open";
    const first = parent.#firstChild;
    this.#next = first;
    if (first !== undefined) first.#previous = this;
    parent.#firstChild = this;
    this.cancelled = this.own !== undefined || this.hearsOuterCancellation;
    if (this.hearsOuterCancellation) this.#inherit();
  }

  /** Keeps `parent`, so that what is left inside still finds its way up. */
  unlink(): void {
    const previous = this.#previous;
    const next = this.#next;
    if (previous !== undefined) previous.#next = next;
    else if (this.parent !== undefined) this.parent.#firstChild = next;
    if (next !== undefined) next.#previous = previous;
    this.#next = this.#previous = undefined;
    this.state = "closed";
  }

  /** Moves an open place, with all that is inside, under another one (R36). */
  moveUnder(parent: ScopeNode): void {
    this.unlink();
    const wasCancelled = this.cancelled;
    this.linkUnder(parent);
    const { cancelled } = this;
    this.cancelled = wasCancelled;
    if (cancelled !== wasCancelled) this.spread();
    else if (cancelled) this.host?.cancelArrived();
  }

  /** Cancels it; answers whether it was the first to do so (R10). */
  cancelWith(cancellation: Cancellation): boolean {
    const reached = this.#reached ??= new Reached();
    if (reached.own !== undefined) return false;
    reached.own = cancellation;
    reached.first ??= cancellation;
    if (this.state === "open") this.spread();
    reached.tell();
    return true;
  }

  /**
   * Restores the invariant from here downwards and tells the strands that are
   * affected. Visits only what changes.
   */
  spread(): void {
    const affected: Host[] = [];
    const pending: ScopeNode[] = [this];
    // Terminates: every visit flips one flag of a finite tree, and a node whose
    // flag does not change is not descended into.
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      const cancelled = node.own !== undefined || node.hearsOuterCancellation;
      if (cancelled === node.cancelled) continue;
      node.cancelled = cancelled;
      if (cancelled) {
        if (node.own === undefined) node.#inherit();
      }
      if (node.host !== undefined) affected.push(node.host);
      for (let child = node.#firstChild; child; child = child.#next) {
        pending.push(child);
      }
    }
    for (const host of affected) if (host.node.cancelled) host.cancelArrived();
  }

  #inherit(): void {
    // Cost: one record for each place, which shares the way with its parent's.
    const reached = this.#reached ??= new Reached();
    reached.inherited = this.parent!.strikes?.through(this.wayStep);
    reached.first ??= reached.inherited;
    reached.tell();
  }
}

/**
 * What has reached one place, and who waits for it. Made when there is something
 * to keep: most places are never cancelled.
 */
class Reached {
  own: Cancellation | undefined = undefined;
  /** The cancellation from outside that came last. */
  inherited: Cancellation | undefined = undefined;
  first: Cancellation | undefined = undefined;
  listeners: Set<() => void> | undefined = undefined;

  /** Tells those who wait, once. */
  tell(): void {
    const { listeners } = this;
    if (listeners === undefined) return;
    this.listeners = undefined;
    for (const listener of listeners) listener();
  }
}

/** Finds the nearest scope, outwards, that is still open. */
export function nearestOpen(node: ScopeNode): ScopeNode | undefined {
  // Terminates: a scope is linked only under one that was open before it.
  let open: ScopeNode | undefined = node;
  while (open !== undefined && open.state === "closed") open = open.parent;
  return open;
}

/**
 * Finds the deadline that strikes first here, counting the scopes around it up
 * to the nearest shield; `-Infinity` where it is cancelled already (R6).
 */
export function effectiveDeadline(node: ScopeNode): number {
  if (node.cancelled) return -Infinity;
  let earliest = Infinity;
  for (let link: ScopeNode | undefined = node; link; link = link.parent) {
    earliest = Math.min(earliest, link.ownDeadline);
    // A shielded scope keeps its own deadline but hears nothing from outside.
    if (link.isShield) break;
  }
  return earliest;
}
