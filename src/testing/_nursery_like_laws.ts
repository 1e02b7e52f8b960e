import type * as Effect from "npm:effect@^4.1.0/Effect";
import {
  cleansUpFirst,
  finishesCleanup,
  isLevelTriggered,
  reachesLeaves,
  takesFirstSteps,
} from "./_nursery_like_cancelling.ts";
import {
  cancelsBody,
  cancelsSiblings,
  keepsFailures,
  spreadsFromBody,
} from "./_nursery_like_failing.ts";
import {
  answers,
  isClosedAfterwards,
  joins,
  joinsGrandchildren,
  startsLater,
} from "./_nursery_like_joining.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** A sentence about every nursery, and how to find out whether it is true. */
export interface NurseryLikeLaw {
  readonly sentence: string;
  check(make: NurseryLike): Effect.Effect<unknown>;
}

/** What a nursery is held to, one law after the other. */
export const NURSERY_LIKE_LAWS: readonly NurseryLikeLaw[] = [
  { sentence: "it answers what its body answers", check: answers },
  { sentence: "it ends after the last of its children", check: joins },
  { sentence: "a child may start children", check: joinsGrandchildren },
  { sentence: "startSoon() runs no other task", check: startsLater },
  { sentence: "nothing is started after its end", check: isClosedAfterwards },
  { sentence: "a failure cancels the other children", check: cancelsSiblings },
  { sentence: "the failure of a child cancels the body", check: cancelsBody },
  { sentence: "the failure of the body cancels all", check: spreadsFromBody },
  { sentence: "no failure is dropped", check: keepsFailures },
  { sentence: "a cancellation reaches every child", check: reachesLeaves },
  { sentence: "every child takes its first step", check: takesFirstSteps },
  {
    sentence: "a cancelled child finishes its cleanup",
    check: finishesCleanup,
  },
  { sentence: "it ends after the cleanup of all", check: cleansUpFirst },
  { sentence: "a cancellation stays", check: isLevelTriggered },
];
