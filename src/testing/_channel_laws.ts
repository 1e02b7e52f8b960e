import type * as Effect from "npm:effect@^4.1.0/Effect";
import {
  breaksWithReceivers,
  counts,
  endsAfterSenders,
  loops,
  refusesClones,
} from "./_channel_ends.ts";
import {
  handsOver,
  keepsOrder,
  servesInTurn,
  shares,
  tries,
} from "./_channel_order.ts";
import {
  isPlain,
  isUndone,
  keeps,
  survivesReceivers,
  survivesSenders,
  yields,
} from "./_channel_waits.ts";
import type { MakeChannel } from "./_make_channel.ts";

/** A sentence about every channel, and how to find out whether it is true. */
export interface ChannelLaw {
  readonly sentence: string;
  check(make: MakeChannel): Effect.Effect<unknown>;
}

/** What a channel is held to, one law after the other. */
export const CHANNEL_LAWS: readonly ChannelLaw[] = [
  {
    sentence: "trySend() and tryReceive() do what need not wait",
    check: tries,
  },
  {
    sentence: "values come in the order in which they went",
    check: keepsOrder,
  },
  {
    sentence: "receivers are served in the order of asking",
    check: servesInTurn,
  },
  { sentence: "nobody pushes in before a waiter", check: handsOver },
  { sentence: "each value is received once, whoever shares", check: shares },
  { sentence: "send and receive are checkpoints on every call", check: yields },
  { sentence: "plain calls run no other task", check: isPlain },
  { sentence: "it ends after its last sender", check: endsAfterSenders },
  { sentence: "it breaks with its last receiver", check: breaksWithReceivers },
  { sentence: "a closed handle has no clone", check: refusesClones },
  { sentence: "statistics() counts, alike from both ends", check: counts },
  { sentence: "loops take one value at a time, to the end", check: loops },
  { sentence: "what is cancelled has not happened", check: isUndone },
  { sentence: "a receiver cancelled after it was served has it", check: keeps },
  {
    sentence: "a receiver that is stopped loses and doubles nothing",
    check: survivesReceivers,
  },
  {
    sentence: "a sender that is stopped has sent what it went past",
    check: survivesSenders,
  },
];
