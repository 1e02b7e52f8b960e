import * as Effect from "effect/Effect";
import { Lock, openMemoryChannel } from "espalier";
import { drain } from "../../channels/support/turns.ts";
import type { Make, Place, Work } from "./place.ts";
import type { Part } from "./program.ts";
import type { Stage } from "./stage.ts";

const CAPACITIES = [0, 2];

/** What the tasks of a program share: channels and a lock. */
export class Sharing {
  readonly #stage: Stage;
  readonly #make: Make;
  readonly #lock = new Lock();
  #inside = 0;
  readonly #channels = CAPACITIES.map((it) => openMemoryChannel<number>(it));

  constructor(stage: Stage, make: Make) {
    this.#stage = stage;
    this.#make = make;
    for (const _ of CAPACITIES) {
      stage.recording.channels.push({ sent: [], received: [] });
    }
    stage.look = () => this.#look();
  }

  send(channel: number, place: Place): Work {
    const at = channel % CAPACITIES.length;
    const { recording } = this.#stage;
    return Effect.suspend(() => {
      const value = recording.offered++;
      const sending = Effect.map(
        this.#channels[at]![0].send(value),
        () => recording.channels[at]!.sent.push(value),
      );
      return this.#stage.wait(place, `send ${value}`, sending);
    });
  }

  receive(channel: number, place: Place): Work {
    const at = channel % CAPACITIES.length;
    const { recording } = this.#stage;
    return Effect.suspend(() => {
      const asked = recording.asked++;
      const receiving = Effect.map(
        this.#channels[at]![1].receive,
        (value) => recording.channels[at]!.received.push({ asked, value }),
      );
      return this.#stage.wait(place, "receive", receiving);
    });
  }

  /** Does something as the owner of the lock; who owns it goes right in. */
  lock(body: Part, place: Place): Work {
    const { lock } = this.#stage.recording;
    const { task } = place;
    return Effect.suspend(() => {
      if (task.ownsLock) return this.#make(body, place);
      const ticket = lock.asked++;
      const use = Effect.suspend(() => {
        lock.got.push(ticket);
        task.ownsLock = true;
        lock.mostInside = Math.max(lock.mostInside, ++this.#inside);
        return Effect.ensuring(
          this.#make(body, place),
          Effect.sync(() => {
            task.ownsLock = false;
            this.#inside--;
          }),
        );
      });
      return this.#lock.withLock(use);
    });
  }

  /** Looks for somebody who waits for what is there. */
  #look(): void {
    const { inVain, lines } = this.#stage.recording;
    const where = `after line ${lines.length}`;
    const { locked, waiting } = this.#lock.statistics();
    if (waiting > 0 && !locked) inVain.push(`for a free lock, ${where}`);
    for (const [send] of this.#channels) {
      const { buffered, capacity, waitingSenders, waitingReceivers } = send
        .statistics();
      if (waitingReceivers > 0 && buffered + waitingSenders > 0) {
        inVain.push(`for a value that is there, ${where}`);
      }
      if (waitingSenders > 0 && buffered < capacity) {
        inVain.push(`for room that is there, ${where}`);
      }
    }
    if (waiting > 1) this.#stage.recording.crowds++;
  }

  /** Takes out what is left, and notes who still holds something or waits. */
  end(): void {
    const { recording } = this.#stage;
    this.#channels.forEach(([send, receive], at) => {
      for (const value of drain(receive)) {
        const asked = recording.asked++;
        recording.channels[at]!.received.push({ asked, value });
      }
      const { waitingSenders, waitingReceivers } = send.statistics();
      recording.left += waitingSenders + waitingReceivers;
    });
    const { locked, waiting } = this.#lock.statistics();
    recording.left += Number(locked) + waiting;
  }
}
