import assert from "node:assert/strict";
import fc from "fast-check";
import { perform } from "./perform.ts";
import { programAbout, type Subject } from "./program.ts";
import type { Recording } from "./recording.ts";

/** How many programs each law is held against: raise it to look longer. */
const PROGRAMS = 1_000;

/** Which programs these are, for all laws: with another seed, other ones. */
const SEED = 20_261_121;

/** What a law says. */
export interface Law {
  /** What its programs are mostly about. */
  readonly about: Subject;
  /**
   * Whether it holds only where tasks have their turns in order; else they are
   * also performed with turns in any order.
   */
  readonly needsOrder?: boolean;
  /** Throws where a program has broken the law. */
  check(recording: Recording): void;
  /**
   * How many times a program has put the law to the test: a law that holds
   * because nothing ever happens says nothing.
   */
  tested(recording: Recording): number;
  /** How often that is in a program, on average at the least. */
  readonly atLeast: number;
}

/**
 * Registers a test that holds a law against generated programs. One that breaks
 * it is made as small as can be, and shown with its seed and its story.
 */
export function law(name: string, law: Law): void {
  const { about, needsOrder = false, check, tested, atLeast } = law;
  const seed = SEED + [...name].reduce((sum, it) => sum + it.charCodeAt(0), 0);
  const how = fc.record({
    order: needsOrder ? fc.constant(0) : fc.nat({ max: 1_000 }),
    form: fc.constantFrom("in-fiber" as const, "own-fiber" as const),
  });
  const programs = programAbout(about);

  Deno.test(`law: ${name} (${PROGRAMS} programs)`, async () => {
    let times = 0;
    const obeyed = fc.asyncProperty(programs, how, async (program, how) => {
      const recording = await perform(program, how);
      try {
        check(recording);
      } catch (error) {
        const story = recording.lines.join("\n");
        throw new Error(`${(error as Error).message}\n\n${story}`);
      }
      times += tested(recording);
    });

    await fc.assert(obeyed, { seed, numRuns: PROGRAMS });

    assert.ok(
      times >= atLeast * PROGRAMS,
      `the law was put to the test only ${times} times`,
    );
  });
}
