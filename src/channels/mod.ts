/**
 * Values from task to task: memory channels, broadcasts, watched values, and
 * `select`.
 *
 * @module
 */

export { type Branch, onFuture, onReceive, onSend, onSleep } from "./branch.ts";
export {
  type Broadcast,
  type BroadcastOptions,
  openBroadcast,
} from "./broadcast.ts";
export type {
  ChannelStatistics,
  ReceiveChannel,
  SendChannel,
} from "./channel.ts";
export {
  ChannelBroken,
  ChannelClosed,
  EndOfChannel,
  ReceiverLagged,
} from "./errors.ts";
export {
  type FallibleSendChannel,
  openFallibleChannel,
} from "./fallible_channel.ts";
export {
  type MemoryChannelOptions,
  openMemoryChannel,
} from "./memory_channel.ts";
export { select } from "./select.ts";
export { openWatch, type Watch } from "./watch.ts";
