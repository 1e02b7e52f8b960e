import fc from "fast-check";

/** What a task does. Regions, children and channels are counted. */
export type Part =
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "nativeSleep"; readonly ms: number }
  | Host
  | { readonly op: "fail" }
  | { readonly op: "die" }
  | { readonly op: "cancel"; readonly region: number }
  | { readonly op: "cancelChild"; readonly child: number }
  | { readonly op: "await"; readonly child: number; readonly asks: boolean }
  | { readonly op: "send"; readonly channel: number }
  | { readonly op: "receive"; readonly channel: number }
  | { readonly op: "lock"; readonly body: Part }
  | { readonly op: "sequence"; readonly parts: readonly Part[] }
  | Scope
  | { readonly op: "timeout"; readonly ms: number; readonly body: Part }
  | Cleanup
  | { readonly op: "catch"; readonly body: Part }
  | Children
  | { readonly op: "spawn"; readonly body: Part }
  | { readonly op: "start"; readonly before: Part; readonly body: Part };

/** An async function that lets some turns of the host pass. */
export interface Host {
  readonly op: "host";
  readonly turns: number;
  readonly end: "returns" | "throws" | "heeds its signal";
}

/** A cancel scope; a shield has a timeout, so that everything ends. */
export interface Scope {
  readonly op: "scope";
  readonly shield: boolean;
  readonly timeout: number;
  readonly body: Part;
}

/** A body with a cleanup that takes its time. */
export interface Cleanup {
  readonly op: "cleanup";
  readonly how: "ensuring" | "finally";
  readonly ms: number;
  readonly dies: boolean;
  readonly body: Part;
}

/** A nursery with its first children. */
export interface Children {
  readonly op: "nursery";
  readonly isolates: boolean;
  readonly answers: boolean;
  readonly timeout: number | undefined;
  readonly children: readonly Part[];
  readonly body: Part;
}

/** What a law is about: there is more of it in its programs. */
export type Subject = "cancelling" | "failing" | "sharing" | "everything";

/** Any program about a subject. Everything in it ends, by a deadline at last. */
export function programAbout(subject: Subject): fc.Arbitrary<Children> {
  const often = (about: Subject) =>
    subject === about || subject === "everything" ? 4 : 1;
  const isShared = subject === "sharing" || subject === "everything";
  const { root } = fc.letrec<{ part: Part; leaf: Part; root: Children }>(
    (tie) => {
      const body = tie("part");
      const leaf = fc.oneof(
        { weight: 5, arbitrary: op("sleep", { ms: MS }) },
        { weight: 3, arbitrary: op("nativeSleep", { ms: MS }) },
        { weight: 1, arbitrary: host },
        { weight: often("failing"), arbitrary: op("fail", {}) },
        { weight: often("failing"), arbitrary: op("die", {}) },
        {
          weight: often("cancelling") + often("sharing"),
          arbitrary: op("cancel", { region: COUNT }),
        },
        {
          weight: often("cancelling"),
          arbitrary: op("cancelChild", { child: COUNT }),
        },
        {
          weight: 1,
          arbitrary: op("await", { child: COUNT, asks: fc.boolean() }),
        },
        {
          weight: 4 * often("sharing"),
          arbitrary: op("send", { channel: COUNT }),
        },
        {
          weight: 4 * often("sharing"),
          arbitrary: op("receive", { channel: COUNT }),
        },
      );
      const branch = fc.oneof(
        {
          weight: 6,
          arbitrary: op("sequence", {
            parts: fc.array(body, { minLength: 2, maxLength: 4 }),
          }),
        },
        {
          weight: often("cancelling"),
          arbitrary: op("scope", {
            shield: fc.boolean(),
            timeout: MS,
            body,
          }),
        },
        {
          weight: 2,
          arbitrary: op("cleanup", {
            how: fc.constantFrom("ensuring", "finally"),
            ms: MS,
            dies: fc.boolean().map((dies) => dies && subject === "failing"),
            body,
          }),
        },
        // Effect drops what goes wrong in a body that it has timed out, and what
        // it had been handed goes to somebody else.
        {
          weight: subject === "failing" || subject === "sharing" ? 0 : 2,
          arbitrary: op("timeout", { ms: MS, body }),
        },
        { weight: often("failing"), arbitrary: op("catch", { body }) },
        {
          weight: often("sharing"),
          arbitrary: op("lock", { body }),
        },
        { weight: 2, arbitrary: tie("root") },
        { weight: 1, arbitrary: op("spawn", { body }) },
        { weight: 1, arbitrary: op("start", { before: body, body }) },
      );
      return {
        leaf: leaf as fc.Arbitrary<Part>,
        part: fc.oneof(
          { maxDepth: 6, depthSize: "medium" },
          { weight: 2, arbitrary: tie("leaf") },
          { weight: 4, arbitrary: branch as fc.Arbitrary<Part> },
        ),
        root: op("nursery", {
          isolates: fc.nat(3).map((it) => it === 0),
          answers: fc.boolean(),
          timeout: fc.option(MS, { freq: 3 }).map((it) => it ?? undefined),
          children: fc.array(
            isShared
              ? fc.oneof(body, op("lock", { body }) as fc.Arbitrary<Part>)
              : body,
            { minLength: 1, maxLength: 4 },
          ),
          body,
        }) as fc.Arbitrary<Children>,
      };
    },
  );
  return root;
}

/** So few that much happens at one moment. */
const MS = fc.integer({ min: 1, max: 12 });
const COUNT = fc.nat({ max: 7 });

const host = op("host", {
  turns: fc.nat({ max: 3 }),
  end: fc.constantFrom("returns", "throws", "heeds its signal"),
});

function op<K extends string, T>(
  name: K,
  fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
): fc.Arbitrary<{ op: K } & T> {
  return fc.record({ op: fc.constant(name), ...fields }) as fc.Arbitrary<
    { op: K } & T
  >;
}
