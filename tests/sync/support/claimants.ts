import assert from "node:assert/strict";
import type { Claim, WaitQueue } from "../../../src/sync/_wait_queue.ts";
import type { World } from "./every_order.ts";

/** A queue of claims and nothing else. */
export class ArrayQueue<C extends Claim> implements WaitQueue<C> {
  readonly waiting: C[] = [];
  /** Those that were woken, in order. */
  readonly woken: C[] = [];

  get size(): number {
    return this.waiting.length;
  }

  get head(): C | undefined {
    return this.waiting[0];
  }

  wakeHead(): void {
    const claim = this.waiting.shift();
    // A real wake-up of nobody is nothing; from a machine it is a mistake.
    assert.ok(claim, "nobody was there to be woken");
    assert.ok(claim.held, "woken before it was granted anything");
    this.woken.push(claim);
  }
}

/** How the machine under test is driven. */
export interface Drive<C extends Claim> {
  readonly queue: ArrayQueue<C>;
  /** A new claim of an actor; asked again for each of its rounds. */
  claim(actor: string): C;
  take(claim: C): boolean;
  release(claim: C): void;
  queued?(claim: C): void;
  left?(claim: C): void;
  /** Its owner ends without releasing it: what the machine is told. */
  abandon?(claim: C): void;
  /** What must be true after every move. */
  check(held: readonly C[]): void;
  /** What must be true when everybody is done; not called once abandoned. */
  atEnd(): void;
}

interface Actor<C> {
  readonly name: string;
  rounds: number;
  claim: C | undefined;
  state: "out" | "waiting" | "in" | "stuck";
}

/**
 * Actors that claim and release, each so many times. Whoever waits may be
 * cancelled; whoever was woken and has not run yet may be interrupted, and gives
 * back what it was granted; whoever is in may end without releasing.
 */
export function claimants<C extends Claim>(
  drive: Drive<C>,
  rounds: Readonly<Record<string, number>>,
): World {
  const actors: Actor<C>[] = Object.entries(rounds).map(([name, rounds]) => ({
    name,
    rounds,
    claim: undefined,
    state: "out",
  }));
  let abandoned = false;
  const arrived: C[] = [];

  function movesOf(actor: Actor<C>): Array<() => void> {
    const { claim } = actor;
    switch (actor.state) {
      case "out":
        return actor.rounds > 0 && !abandoned ? [() => enter(actor)] : [];
      case "waiting":
        if (claim!.held) return [() => goIn(actor), () => leave(actor)];
        return abandoned ? [] : [() => giveUp(actor)];
      case "in":
        return drive.abandon === undefined || abandoned
          ? [() => leave(actor)]
          : [() => leave(actor), () => abandon(actor)];
      case "stuck":
        return [];
    }
  }

  function enter(actor: Actor<C>): void {
    actor.rounds--;
    const claim = actor.claim = drive.claim(actor.name);
    const wasFree = drive.queue.size === 0;
    if (drive.take(claim)) {
      assert.ok(wasFree, `${actor.name} pushed in`);
      assert.ok(claim.held);
      actor.state = "in";
      return;
    }
    assert.ok(!claim.held);
    drive.queue.waiting.push(claim);
    drive.queued?.(claim);
    arrived.push(claim);
    actor.state = "waiting";
  }

  function goIn(actor: Actor<C>): void {
    actor.state = "in";
  }

  function giveUp(actor: Actor<C>): void {
    const claim = actor.claim!;
    drive.queue.waiting.splice(drive.queue.waiting.indexOf(claim), 1);
    arrived.splice(arrived.indexOf(claim), 1);
    drive.left?.(claim);
    actor.state = "out";
    actor.claim = undefined;
  }

  function leave(actor: Actor<C>): void {
    const claim = actor.claim!;
    actor.state = "out";
    actor.claim = undefined;
    claim.held = false;
    drive.release(claim);
  }

  function abandon(actor: Actor<C>): void {
    abandoned = true;
    actor.state = "stuck";
    drive.abandon!(actor.claim!);
  }

  return {
    moves: () => actors.flatMap(movesOf),
    check: () => {
      const held = actors.flatMap(({ claim }) => claim?.held ? [claim] : []);
      drive.check(held);
      assert.deepEqual(
        drive.queue.woken,
        arrived.slice(0, drive.queue.woken.length),
        "woken in another order than that of arrival",
      );
    },
    atEnd: () => {
      if (abandoned) return;
      assert.equal(drive.queue.size, 0, "somebody waits for ever");
      drive.atEnd();
    },
  };
}
