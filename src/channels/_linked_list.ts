/** Something that can stand in one list at a time. */
export class Link {
  /** The list that it stands in; owned by the list. */
  list: object | undefined = undefined;
  /** Its neighbours; owned by the list. */
  previous: Link | undefined = undefined;
  next: Link | undefined = undefined;
}

/**
 * A queue that can be left from the middle in constant time: a doubly linked
 * list through its members.
 */
export class LinkedList<L extends Link> {
  size = 0;
  #first: Link | undefined = undefined;
  #last: Link | undefined = undefined;

  get first(): L | undefined {
    return this.#first as L | undefined;
  }

  get last(): L | undefined {
    return this.#last as L | undefined;
  }

  /** The member after `link`. */
  after(link: L): L | undefined {
    return link.next as L | undefined;
  }

  push(link: L): void {
    this.insertBefore(undefined, link);
  }

  /** Inserts before `next`, or at the end. */
  insertBefore(next: L | undefined, link: L): void {
    const previous = next === undefined ? this.#last : next.previous;
    link.list = this;
    link.previous = previous;
    link.next = next;
    if (previous === undefined) this.#first = link;
    else previous.next = link;
    if (next === undefined) this.#last = link;
    else next.previous = link;
    this.size++;
  }

  shift(): L | undefined {
    const first = this.first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes out a member; answers whether it was one. */
  remove(link: L): boolean {
    if (link.list !== this) return false;
    const { previous, next } = link;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    link.list = link.previous = link.next = undefined;
    this.size--;
    return true;
  }

  /** Takes out every member. */
  clear(): void {
    while (this.shift() !== undefined);
  }

  *[Symbol.iterator](): Generator<L> {
    for (let link = this.first; link !== undefined; link = this.after(link)) {
      yield link;
    }
  }
}
