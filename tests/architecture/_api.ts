import { ROOT } from "./_tree.ts";

/** A type, as `deno doc --json` tells it. */
export interface DocType {
  readonly kind: string;
  readonly repr?: string;
  readonly value?: unknown;
}

/** A parameter; `left` and `arg` hold those with a default and of a rest. */
export interface DocParam {
  readonly kind: string;
  readonly name?: string;
  readonly left?: DocParam;
  readonly arg?: DocParam;
  readonly optional?: boolean;
  readonly tsType?: DocType;
}

/** A doc comment. */
export interface DocComment {
  readonly doc?: string;
  readonly tags?: readonly {
    readonly kind: string;
    readonly name?: string;
    readonly doc?: string;
  }[];
}

/** A method or a property of a class or an interface. */
export interface DocMember {
  readonly name: string;
  readonly jsDoc?: DocComment;
  readonly tsType?: DocType;
  readonly returnType?: DocType;
  readonly params?: readonly DocParam[];
  readonly accessibility?: string;
  /** Of a member: a method, a getter or a setter. */
  readonly kind?: string;
  readonly functionDef?: {
    readonly params: readonly DocParam[];
    readonly returnType?: DocType;
  };
}

/** One declaration of a name; overloads are several of one name. */
export interface Declaration {
  readonly name: string;
  readonly kind: string;
  readonly jsDoc?: DocComment;
  /** The file that defines it: a path from the root where it lies under it. */
  readonly file: string;
  readonly def: {
    readonly params?: readonly DocParam[];
    readonly returnType?: DocType;
    readonly tsType?: DocType;
    readonly constructors?: readonly DocMember[];
    readonly methods?: readonly DocMember[];
    readonly properties?: readonly DocMember[];
  };
}

/**
 * Reads what a module exports with its documentation, by `deno doc --json`.
 *
 * @param module The module: a path from the root, or a URL.
 * @returns The declarations, in the order of the module.
 */
export async function exportsOf(module: string): Promise<Declaration[]> {
  const url = new URL(module, ROOT).href;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--json", url],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Output;
  return (nodes[url]?.symbols ?? []).flatMap(({ name, declarations }) =>
    declarations
      .filter(({ declarationKind }) => declarationKind === "export")
      .map(({ kind, jsDoc, def, location }) => ({
        name,
        kind,
        ...(jsDoc ? { jsDoc } : {}),
        def,
        file: location.filename.replace(ROOT.href, ""),
      }))
  );
}

/** What `deno doc --json` prints, as far as it is read here. */
interface Output {
  readonly nodes: Record<string, {
    readonly symbols: readonly {
      readonly name: string;
      readonly declarations: readonly {
        readonly kind: string;
        readonly declarationKind: string;
        readonly jsDoc?: DocComment;
        readonly def: Declaration["def"];
        readonly location: { readonly filename: string };
      }[];
    }[];
  }>;
}
