import assert from "node:assert/strict";
import * as Exit from "effect/Exit";
import fc from "fast-check";
import { cancellationOf } from "espalier";
import { VirtualClock } from "espalier/testing";
import { forceScopeForm } from "../../src/core/_scope_form.ts";
import {
  anyProgram,
  interpret,
  type Program,
} from "../support/random_programs.ts";
import { virtualExit } from "../support/virtual_test.ts";

/**
 * Runs thousands of random programs with scopes on the fiber that enters them,
 * and with scopes on fibers of their own. Both must do the same at the same time
 * and end alike.
 *
 * What may differ is the order of what happens at one moment: a fiber of its own
 * is one turn further away. So the lines of a story are compared as a set; each
 * says when it was written.
 */
Deno.test("both forms of a scope do the same in random programs", async () => {
  const programs = fc.sample(anyProgram, { numRuns: 4000, seed: 20_260_401 });
  let explained = 0;
  for (const program of programs) {
    const here = await told(program, "in-fiber");
    const there = await told(program, "own-fiber");
    const isExplained = !same(here, there) &&
      (isTie(here, there) ||
        isPendingInterruption(program) &&
          same(stripped(here), stripped(there)));
    if (isExplained) explained++;
    else assert.deepEqual(there, here, JSON.stringify(program));
  }
  assert(explained < programs.length / 1000, `${explained} to explain`);
});

/** The story of a run, as a set of lines, and how it ended. */
interface Told {
  readonly lines: readonly string[];
  readonly end: readonly string[];
}

async function told(
  program: Program,
  form: "in-fiber" | "own-fiber",
): Promise<Told> {
  forceScopeForm(form);
  try {
    const lines: string[] = [];
    const clock = new VirtualClock({ autojump: true });
    const exit = await virtualExit(() => interpret(program, lines), {
      clock,
      slowCleanup: Infinity,
    });
    const end = Exit.isSuccess(exit)
      ? ["ends"]
      : exit.cause.reasons.map((it) =>
        it._tag === "Interrupt"
          ? `Interrupt ${cancellationOf(it)?.reason._tag}`
          : it._tag === "Fail"
          ? `Fail ${it.error}`
          : `Die ${it.defect}`
      );
    return { lines: lines.sort(), end: [...end, `at ${clock.now()}`].sort() };
  } finally {
    forceScopeForm(undefined);
  }
}

function same(one: Told, other: Told): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * One of two differences that there are. Two things happen at the moment at
 * which the stories part, and one of them cancels a scope, moves its deadline or
 * its shield: which of the two is first is nobody's promise, and a fiber of its
 * own is one turn further away.
 */
function isTie(here: Told, there: Told): boolean {
  const momentOf = (line: string) => Number.parseInt(line);
  const parted = [
    ...here.lines.filter((it) => !there.lines.includes(it)),
    ...there.lines.filter((it) => !here.lines.includes(it)),
  ];
  const moment = Math.min(...parted.map(momentOf));
  const changes = (it: string) =>
    momentOf(it) === moment &&
    /(cancel|toggle|moveDeadline) \d+ ends$/.test(it);
  return here.lines.some(changes) && there.lines.some(changes);
}

/**
 * The other difference. Where one of our scopes and an operator of
 * Effect's (a timeout, a failing branch) interrupt one body, the fiber that
 * entered keeps Effect's interruption in mind. In-fiber that is the fiber of the
 * body, and Effect raises it wherever a shielded region ends; own-fiber it is
 * the one that waits. So a region that ran to its end is told as ended in one
 * form and as cut short in the other, and so is who caught what: but the same
 * was done, at the same time.
 */
function isPendingInterruption(program: Program): boolean {
  return /"op":"(timeout|all)"/.test(JSON.stringify(program));
}

function stripped({ lines, end }: Told): Told {
  return {
    lines: lines.map((line) =>
      line.replace(/ (ends|fails)$/, "").replace(/ caught (true|false)$/, "")
    ),
    end: end.filter((it) => !it.startsWith("Interrupt")),
  };
}
