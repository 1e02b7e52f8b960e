/**
 * Time under your control, for tests of concurrent programs.
 *
 * @module
 */

export { setDefaultClock } from "../core/default_clock.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
