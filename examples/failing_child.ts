// Shows what happens when one child of a nursery fails.
//
// Three deliveries are under way when one of them fails. Watch that the others
// are cancelled and can say why, that one of them fails in its own cleanup, and
// that both failures come out, in order, each with the path of its task.
//
//     deno run examples/failing_child.ts

import * as Effect from "effect/Effect";
import {
  type Nursery,
  nursery,
  runExit,
  sleepForever,
  taskPathOf,
} from "espalier";

class FlatTyre extends Error {
  readonly _tag = "FlatTyre";
}

const dropParcel = Effect.die("the parcel fell into the river");

const exit = await runExit(
  nursery(function* (n: Nursery<FlatTyre>) {
    n.startSoon(async (signal) => {
      await new Promise((_, reject) => {
        signal.onabort = () => reject(signal.reason);
      }).finally(() => console.log(`anna: ${signal.reason.explain()}`));
    }, { name: "anna" });
    n.startSoon(Effect.ensuring(sleepForever, dropParcel), { name: "bert" });
    n.startSoon(Effect.fail(new FlatTyre("a nail")), { name: "cleo" });
    yield* sleepForever;
  }, { name: "tour" }),
  { name: "deliveries" },
);

const reasons = exit._tag === "Failure" ? exit.cause.reasons : [];
for (const reason of reasons) {
  if (reason._tag === "Interrupt") continue;
  const error = reason._tag === "Fail" ? reason.error : reason.defect;
  console.log(`${taskPathOf(reason)}: ${reason._tag}: ${error}`);
}

// Output:
// anna: scope "tour" was cancelled by "deliveries/cleo" at … ms: its child "deliveries/cleo" failed with Error: a nail; it came through task "anna"
// deliveries/cleo: Fail: Error: a nail
// deliveries/bert: Die: the parcel fell into the river
