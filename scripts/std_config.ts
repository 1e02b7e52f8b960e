/**
 * Makes the configuration that tests/std runs under: that of the repository,
 * with its paths made absolute so that it can lie in another folder, without the
 * exclusion of tests/std, and with the packages of a checkout linked.
 *
 * @param root The repository.
 * @param checkout A checkout of denoland/std, where one is to stand in for JSR.
 * @returns The content of a deno.json.
 */
export function stdConfig(root: URL, checkout?: URL): Record<string, unknown> {
  const { imports, compilerOptions } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", root)),
  );
  const absolute = Object.entries<string>(imports).map(([name, target]) => [
    name,
    target.startsWith("./") ? new URL(target, root).href : target,
  ]);
  return {
    imports: Object.fromEntries(absolute),
    compilerOptions,
    ...(checkout ? { links: [...packages(checkout)] } : {}),
  };
}

/** Lists the packages of a checkout: its folders with a deno.json. */
function* packages(checkout: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(checkout)) {
    if (!isDirectory) continue;
    const folder = new URL(`${name}/`, checkout);
    const files = [...Deno.readDirSync(folder)].map((file) => file.name);
    if (files.includes("deno.json")) yield folder.href;
  }
}
