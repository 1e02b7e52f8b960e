import type { Strategy } from "../strategy/strategy.ts";
import type { Substrate } from "../substrate/substrate.ts";
import type { CrewSettings } from "./crew.ts";

/** How a pool works. */
export interface PoolSettings extends CrewSettings {
  readonly name: string;
  readonly strategy: Strategy;
  readonly queueLimit: number;
  readonly onFull: "wait" | "reject" | "drop";
  readonly grace: number;
  readonly memoryLimit: number | undefined;
  readonly substrate: Substrate;
}
