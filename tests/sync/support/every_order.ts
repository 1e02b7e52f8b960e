/** A small world of actors, seen from outside: what could happen next. */
export interface World {
  /** Everything that could happen now; nothing when all is over. */
  moves(): ReadonlyArray<() => void>;
  /** Called after every move: asserts what must always be true. */
  check(): void;
  /** Called when all is over: asserts what must be true then. */
  atEnd(): void;
}

/**
 * Plays a world in every possible order.
 *
 * @param make Makes the world anew: the same moves must be possible again.
 * @returns In how many orders it was played.
 */
export function everyOrder(make: () => World): number {
  // How many choices there were at each depth, and which one is next.
  const path: Array<{ choices: number; taken: number }> = [];
  for (let played = 1;; played++) {
    playOnce(make(), path);
    while (path.length > 0 && path.at(-1)!.taken + 1 === path.at(-1)!.choices) {
      path.pop();
    }
    const last = path.at(-1);
    if (last === undefined) return played;
    last.taken++;
  }
}

function playOnce(
  world: World,
  path: Array<{ choices: number; taken: number }>,
): void {
  for (let depth = 0;; depth++) {
    const moves = world.moves();
    if (moves.length === 0) return world.atEnd();
    const at = path[depth] ??= { choices: moves.length, taken: 0 };
    moves[at.taken]!();
    world.check();
  }
}
