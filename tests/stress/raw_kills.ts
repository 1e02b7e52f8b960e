// What a killed thread costs on this Deno, with nothing of ours about it.

import { Worker } from "node:worker_threads";

const PROGRAM = `
import { parentPort, workerData } from "node:worker_threads";
parentPort.on("message", () => { for (;;); });
navigator.locks.request(workerData, () => new Promise(() => {}));
parentPort.postMessage("ready");
`;

/** Starts so many threads that loop, one after the other, and kills each. */
export async function rawKills(count: number): Promise<void> {
  const url = new URL("data:text/javascript," + encodeURIComponent(PROGRAM));
  for (let index = 0; index < count; index++) {
    const workerData = `raw ${index} ${crypto.randomUUID()}`;
    const worker = new Worker(url, { workerData });
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    await new Promise((resolve) => worker.once("message", resolve));
    worker.postMessage("loop");
    await new Promise((resolve) => setTimeout(resolve, 2));
    await worker.terminate();
    await exited;
  }
}
