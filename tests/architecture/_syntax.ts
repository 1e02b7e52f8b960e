import { stripTypeScriptTypes } from "node:module";
import { type AnyNode, parse, type Program } from "acorn";

/**
 * Parses a TypeScript module into the syntax tree of its JavaScript; types are
 * blanked, so that every node keeps its line.
 *
 * @param source The text of the module.
 * @returns The tree.
 */
export function parseModule(source: string): Program {
  const code = stripTypeScriptTypes(withoutParameterProperties(source));
  return parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    locations: true,
  });
}

/**
 * Lists a node and every node below it.
 *
 * @param node Where to begin.
 * @param enter Says whether to look at a node and below it. Default: always.
 * @returns The nodes, a parent before its children.
 */
export function* nodesUnder(
  node: AnyNode,
  enter: (node: AnyNode) => boolean = () => true,
): Generator<AnyNode> {
  if (!enter(node)) return;
  yield node;
  for (const child of Object.values(node).flat()) {
    if (typeof child?.type === "string") yield* nodesUnder(child, enter);
  }
}

/** Blanks what the stripping of types refuses: it is code and type in one. */
function withoutParameterProperties(source: string): string {
  return source.replace(
    /\bconstructor\([\s\S]*?\)\s*\{/g,
    (head) =>
      head.replace(
        /\b(?:readonly|override|public|private|protected)\b/g,
        (word) => " ".repeat(word.length),
      ),
  );
}
