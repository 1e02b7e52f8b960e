import type { ReceiveChannel, SendChannel } from "../channels/channel.ts";

/** Makes the two ends of a channel. */
export type MakeChannel = (
  capacity: number,
) => readonly [SendChannel<number>, ReceiveChannel<number>];

/** The capacities that a channel is tried at. */
export const CAPACITIES = [0, 1, 3] as const;
