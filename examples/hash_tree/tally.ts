import { createHash } from "node:crypto";
import type { Cancellation } from "espalier";
import type { Hashed } from "./hash_file.ts";

/** What has been done so far. */
export class Tally {
  readonly #digests = new Map<string, string>();
  readonly #unreadable = new Map<string, string>();
  #bytes = 0;
  found = 0;

  add(name: string, hashed: Hashed): void {
    if ("unreadable" in hashed) this.#unreadable.set(name, hashed.unreadable);
    else {
      this.#digests.set(name, hashed.digest);
      this.#bytes += hashed.bytes;
    }
  }

  get progress(): string {
    return `hashed ${this.#digests.size} of ${this.found} files found, ` +
      `${this.#bytes} bytes`;
  }

  /** Says what was finished and, if it was cut short, why. */
  report(finished: boolean, cancellation: Cancellation | undefined): void {
    console.log(`hashed ${this.#digests.size} files, ${this.#bytes} bytes`);
    for (const [name, why] of this.#unreadable) {
      console.log(`could not read ${name}: ${why}`);
    }
    if (finished) console.log(`digest of the tree: ${this.#treeDigest()}`);
    else if (cancellation !== undefined) {
      console.log(`stopped early: ${cancellation.explain()}`);
    }
  }

  /** Names in order, so that it does not matter which file was done first. */
  #treeDigest(): string {
    const names = [...this.#digests.keys()].sort();
    const hash = createHash("sha256");
    for (const name of names) {
      hash.update(`${this.#digests.get(name)} ${name}\n`);
    }
    return hash.digest("hex");
  }
}
