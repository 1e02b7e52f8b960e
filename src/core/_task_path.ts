/** A task, as far as its path goes. */
interface Named {
  readonly name: string;
  readonly parentTask: Named | undefined;
  readonly run: { readonly paths: WeakMap<object, string> };
}

/**
 * The path of a task that has children.
 *
 * Cost: built once for each task; it shares what it has in common with others.
 */
export function pathForChildren(of: Named): string {
  const { paths } = of.run;
  const unknown: Named[] = [];
  let task: Named | undefined = of;
  let path: string | undefined;
  while (task !== undefined && (path = paths.get(task)) === undefined) {
    unknown.push(task);
    task = task.parentTask;
  }
  for (const task of unknown.reverse()) {
    path = path === undefined ? task.name : `${path}/${task.name}`;
    paths.set(task, path);
  }
  return path!;
}
