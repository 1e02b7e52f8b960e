import assert from "node:assert/strict";
import { Inlet, Sender } from "../../../src/channels/_inlet.ts";
import {
  type Item,
  type OnFull,
  type Outlet,
  Receiver,
} from "../../../src/channels/_outlet.ts";
import type { World } from "../../sync/support/every_order.ts";

/** Who sends and receives, and what may happen to them. */
export interface Traffic {
  readonly capacity: number;
  /** How many values each producer sends, on a handle of its own. */
  readonly producers: readonly number[];
  /** How often each consumer receives, on a handle of its own. */
  readonly consumers: readonly number[];
  /** Whether every consumer gets every value, instead of sharing them. */
  readonly broadcast?: boolean;
  readonly onFull?: OnFull;
  /** How many cancellations, interruptions and early closes there may be. */
  readonly accidents: number;
}

/** What became of a value at one outlet. */
interface Ledger {
  readonly outlet: Outlet<string>;
  /** Sent, in order. */
  readonly sent: string[];
  /** Received for good, in order. */
  readonly received: string[];
  /** Taken back by its sender. */
  readonly withdrawn: string[];
  /** Lost with the last receive handle. */
  readonly discarded: string[];
  /** Those who wait to receive, in order. */
  readonly waiting: Consumer[];
  wasGivenBack: boolean;
}

class Consumer extends Receiver<string> {
  state: "out" | "waiting" | "granted" | "over" = "out";
  item: Item<string> | undefined = undefined;
  told: "closed" | "ended" | undefined = undefined;

  constructor(readonly ledger: Ledger, public left: number) {
    super({ waiting: 0 }, undefined);
  }

  receive(item: Item<string>): void {
    assert.equal(this.state, "waiting");
    assert.equal(this.ledger.waiting.shift(), this, "served out of order");
    this.state = "granted";
    this.item = item;
  }

  refuse(why: "closed" | "ended"): void {
    assert.equal(this.state, "waiting");
    this.ledger.waiting.splice(this.ledger.waiting.indexOf(this), 1);
    this.state = "over";
    this.told = why;
  }
}

class Producer extends Sender<string> {
  state: "out" | "waiting" | "sent" | "over" = "out";
  item: Item<string> | undefined = undefined;
  told: "closed" | "broken" | undefined = undefined;
  at = 0;

  constructor(
    readonly name: string,
    readonly count: number,
    readonly queue: Producer[],
    readonly sent: (value: string) => void,
  ) {
    super({ waiting: 0 }, undefined);
  }

  get value(): string {
    return `${this.name}${this.at}`;
  }

  admit(put: (value: string) => Item<string>): void {
    assert.equal(this.state, "waiting");
    assert.equal(this.queue.shift(), this, "admitted out of order");
    // Before `put`: a consumer may be granted it in the same step.
    this.sent(this.value);
    this.item = put(this.value);
    this.state = "sent";
  }

  refuse(why: "closed" | "broken"): void {
    assert.equal(this.state, "waiting");
    this.queue.splice(this.queue.indexOf(this), 1);
    this.state = "over";
    this.told = why;
  }
}

/** The pure state of a channel, with actors around it. */
export class TrafficWorld implements World {
  readonly ledgers: Ledger[] = [];
  readonly producers: Producer[];
  readonly consumers: Consumer[];
  readonly #inlet: Inlet<string>;
  readonly #queue: Producer[] = [];
  readonly #traffic: Traffic;
  #accidents: number;
  #peak = 0;

  constructor(traffic: Traffic) {
    const { capacity, broadcast = false, onFull = "wait" } = traffic;
    this.#traffic = traffic;
    this.#accidents = traffic.accidents;
    this.#inlet = new Inlet({ capacity, onFull, breaks: !broadcast });
    const shared = broadcast ? undefined : this.#openLedger();
    this.consumers = traffic.consumers.map((times, at) => {
      const ledger = shared ?? this.#openLedger();
      if (ledger === shared && at > 0) ledger.outlet.openHandles++;
      return new Consumer(ledger, times);
    });
    this.producers = traffic.producers.map((count, at) => {
      if (at > 0) this.#inlet.openHandles++;
      return new Producer("abc"[at]!, count, this.#queue, (value) => {
        for (const { outlet, sent } of this.ledgers) {
          if (outlet.openHandles > 0) sent.push(value);
        }
      });
    });
  }

  moves(): ReadonlyArray<() => void> {
    return [
      ...this.producers.flatMap((it) => this.#producerMoves(it)),
      ...this.consumers.flatMap((it) => this.#consumerMoves(it)),
    ];
  }

  #openLedger(): Ledger {
    const ledger = {
      outlet: this.#inlet.attach(),
      sent: [],
      received: [],
      withdrawn: [],
      discarded: [],
      waiting: [],
      wasGivenBack: false,
    };
    this.ledgers.push(ledger);
    return ledger;
  }

  #producerMoves(producer: Producer): Array<() => void> {
    switch (producer.state) {
      case "out":
        return producer.at < producer.count
          ? [() => this.#send(producer), ...this.#close(producer)]
          : [() => this.#closeProducer(producer)];
      case "waiting":
        return this.#accident(() => this.#cancelProducer(producer));
      case "sent":
        return [
          () => this.#goOn(producer),
          ...this.#accident(() => this.#withdraw(producer)),
        ];
      case "over":
        return [];
    }
  }

  #consumerMoves(consumer: Consumer): Array<() => void> {
    switch (consumer.state) {
      case "out":
        return consumer.left > 0
          ? [
            () => this.#receive(consumer),
            ...this.#accident(() => this.#closeConsumer(consumer)),
          ]
          : [];
      case "waiting":
        return this.#accident(() => this.#cancelConsumer(consumer));
      case "granted":
        return [
          () => this.#keep(consumer),
          ...this.#accident(() => this.#giveBack(consumer)),
        ];
      case "over":
        return [];
    }
  }

  #accident(happen: () => void): Array<() => void> {
    if (this.#accidents === 0) return [];
    return [() => {
      this.#accidents--;
      happen();
    }];
  }

  #close(producer: Producer): Array<() => void> {
    return this.#accident(() => this.#closeProducer(producer));
  }

  #send(producer: Producer): void {
    if (this.#inlet.isBroken) {
      producer.state = "over";
      producer.told = "broken";
      return;
    }
    const hadRoom = this.#inlet.hasRoom(undefined);
    if (hadRoom) producer.sent(producer.value);
    const item = this.#inlet.offer(producer.value, undefined);
    assert.equal(item !== undefined, hadRoom);
    if (item !== undefined) {
      producer.item = item;
      producer.state = "sent";
      return;
    }
    producer.state = "waiting";
    this.#queue.push(producer);
    this.#inlet.senders.push(producer);
  }

  #cancelProducer(producer: Producer): void {
    assert.ok(this.#inlet.senders.remove(producer));
    this.#queue.splice(this.#queue.indexOf(producer), 1);
    producer.state = "over";
  }

  #withdraw(producer: Producer): void {
    const [ledger] = this.ledgers;
    const item = producer.item!;
    const isThere = item.list === ledger!.outlet.items;
    this.#inlet.retract(item);
    if (isThere && !this.#traffic.broadcast) {
      ledger!.withdrawn.push(item.value);
    }
    producer.state = "over";
  }

  #closeProducer(producer: Producer): void {
    producer.state = "over";
    this.#inlet.closeHandle(producer.handle);
  }

  #receive(consumer: Consumer): void {
    const { outlet, waiting } = consumer.ledger;
    // A sender that waits is admitted in the middle of `take`.
    const item = outlet.take(undefined);
    if (item !== undefined) {
      assert.equal(waiting.length, 0, "pushed in before those who wait");
      consumer.item = item;
      consumer.state = "granted";
    } else if (outlet.isEnded) {
      consumer.state = "over";
      consumer.told = "ended";
    } else {
      consumer.state = "waiting";
      waiting.push(consumer);
      outlet.receivers.push(consumer);
    }
  }

  #cancelConsumer(consumer: Consumer): void {
    const { outlet, waiting } = consumer.ledger;
    assert.ok(outlet.receivers.remove(consumer));
    waiting.splice(waiting.indexOf(consumer), 1);
    consumer.state = "over";
  }

  #giveBack(consumer: Consumer): void {
    const { ledger } = consumer;
    const item = consumer.item!;
    consumer.item = undefined;
    ledger.wasGivenBack = true;
    if (ledger.outlet.openHandles === 0) ledger.discarded.push(item.value);
    ledger.outlet.giveBack(item);
    consumer.state = "over";
  }

  #goOn(producer: Producer): void {
    producer.state = "out";
    producer.at++;
  }

  #keep(consumer: Consumer): void {
    consumer.ledger.received.push(consumer.item!.value);
    consumer.item = undefined;
    consumer.left--;
    consumer.state = "out";
  }

  #closeConsumer(consumer: Consumer): void {
    const { ledger } = consumer;
    const { outlet } = ledger;
    const left = [...outlet.items].map(({ value }) => value);
    consumer.state = "over";
    outlet.closeHandle(consumer.handle);
    if (outlet.openHandles === 0) ledger.discarded.push(...left);
  }

  check(): void {
    if (this.#accidents === 0) this.#hurry();
    for (const ledger of this.ledgers) this.#checkLedger(ledger);
    const senders = [...this.#inlet.senders];
    const inOrder = senders.every((it, at) => it === this.#queue[at]);
    assert.ok(inOrder && senders.length === this.#queue.length, "the queue");
    if (senders.length > 0) {
      assert.ok(
        !this.#inlet.hasRoom(undefined),
        "waits although there is room",
      );
      assert.ok(!this.#inlet.isBroken, "waits on a broken channel");
    }
    const { buffered, peak } = this.#inlet.statistics();
    assert.ok(peak >= this.#peak && peak >= buffered, "the peak went down");
    this.#peak = peak;
  }

  /** What can only go well makes no difference to the order. */
  #hurry(): void {
    for (const producer of this.producers) {
      if (producer.state === "sent") this.#goOn(producer);
    }
    for (const consumer of this.consumers) {
      if (consumer.state === "granted") this.#keep(consumer);
    }
  }

  #checkLedger(ledger: Ledger): void {
    const { outlet, sent, received, withdrawn, discarded } = ledger;
    const items = [...outlet.items];
    const granted = this.consumers.flatMap((it) =>
      it.ledger === ledger && it.item !== undefined ? [it.item] : []
    );
    const known = [
      ...items.map(({ value }) => value),
      ...granted.map(({ value }) => value),
      ...received,
      ...withdrawn,
      ...discarded,
    ];
    assert.equal(
      known.sort().join(),
      sent.toSorted().join(),
      "a value was lost or doubled",
    );
    const isSorted = items.every((it, at) =>
      at === 0 || it.index > items[at - 1]!.index
    );
    assert.ok(isSorted, "out of order");
    if (!ledger.wasGivenBack) {
      const max = Math.max(-1, ...granted.map(({ index }) => index));
      assert.ok(items.every(({ index }) => index > max), "overtaken");
      assert.ok(items.length <= outlet.capacity, "over capacity");
    }
    if (outlet.receivers.size > 0) {
      assert.equal(items.length, 0, "waits although there is something");
      assert.ok(!outlet.isEnded, "waits although it has ended");
      if (!this.#traffic.broadcast) assert.equal(this.#inlet.senders.size, 0);
    }
  }

  atEnd(): void {
    const isEnded = this.producers.every(({ state }) => state === "over") &&
      this.#inlet.openHandles === 0;
    for (const consumer of this.consumers) {
      if (consumer.state === "waiting") assert.ok(!isEnded, "waits for ever");
      if (consumer.told !== "ended") continue;
      assert.ok(isEnded);
    }
    for (const producer of this.producers) {
      if (producer.told !== "broken") continue;
      assert.ok(this.consumers.every(({ state }) => state === "over"));
    }
  }
}
