import { millisOf } from "../../core/duration.ts";
import { inWords } from "../../core/in_words.ts";
import type * as Duration from "npm:effect@^4.1.0/Duration";
import { taskValue } from "../task_value.ts";
import type { Limiter } from "../cpu_task.ts";
import { leastLoaded } from "../strategy/least_loaded.ts";
import type { Strategy } from "../strategy/strategy.ts";
import type { Substrate } from "../substrate/substrate.ts";
import type { PoolScopeSettings } from "./pool_scope.ts";

/** What a scope is opened with. */
interface GivenOptions {
  readonly workers?: number;
  readonly min?: number;
  readonly idleTimeout?: Duration.Input;
  readonly strategy?: Strategy;
  readonly queueLimit?: number;
  readonly onFull?: "wait" | "reject" | "drop";
  readonly grace?: Duration.Input;
  readonly memoryLimit?: number;
  readonly warm?: readonly unknown[];
  readonly name?: string;
  readonly limiter?: Limiter;
}

/**
 * The least `memoryLimit` in MiB. V8 cannot make a heap in 4, and takes the
 * whole process down for it.
 */
const LEAST_MEMORY = 8;
/** The most workers that a scope may have: there is room for 1024 in all. */
const MOST = 512;

/**
 * Checks the options of a CPU scope.
 *
 * @throws {RangeError} If a number is out of range.
 * @throws {TypeError} If a policy is none.
 */
export function poolSettings(
  options: GivenOptions,
  substrate: Substrate,
): PoolScopeSettings {
  const { onFull = "wait", strategy = leastLoaded, name = "cpuScope" } =
    options;
  const cores = Math.min(MOST, navigator.hardwareConcurrency || 1);
  const workers = whole("workers", options.workers ?? cores, 1, MOST);
  const min = whole("min", options.min ?? 0, 0, workers);
  const { queueLimit = Infinity, memoryLimit } = options;
  if (queueLimit !== Infinity) whole("queueLimit", queueLimit, 0, Infinity);
  if (memoryLimit !== undefined) {
    whole("memoryLimit", memoryLimit, LEAST_MEMORY, Infinity);
  }
  if (!["wait", "reject", "drop"].includes(onFull)) {
    throw new TypeError(
      `Cannot open a CPU scope: 'onFull' must be "wait", "reject" or "drop": received ${onFull}`,
    );
  }
  if (typeof strategy?.start !== "function") {
    throw new TypeError(
      `Cannot open a CPU scope: 'strategy' must be one, such as leastLoaded: received ${
        inWords(strategy)
      }`,
    );
  }
  return {
    name,
    workers,
    min,
    strategy,
    queueLimit,
    onFull,
    memoryLimit,
    substrate,
    limiter: options.limiter,
    warm: (options.warm ?? []).map(taskValue),
    idleTimeout: millisOf(options.idleTimeout ?? 30_000, "open a CPU scope"),
    grace: millisOf(options.grace ?? 50, "open a CPU scope"),
  };
}

function whole(name: string, value: number, least: number, most: number) {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const upTo = most === Infinity ? "or more" : `to ${most}`;
  throw new RangeError(
    `Cannot open a CPU scope: '${name}' must be an integer, ${least} ${upTo}: received ${value}`,
  );
}
