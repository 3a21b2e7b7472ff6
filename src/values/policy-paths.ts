/** A path as a policy compares it: whole, by how it begins, or by a template whose literal beginning is known. */
interface PolicyPath {
  readonly kind: 'exact' | 'prefix' | 'template';
  readonly stem: string;
}

function parsed(path: string): PolicyPath {
  const brace = path.indexOf('{');
  if (brace >= 0) {
    return { kind: 'template', stem: path.slice(0, brace) };
  }
  return path.endsWith('*') ? { kind: 'prefix', stem: path.slice(0, -1) } : { kind: 'exact', stem: path };
}

/** Whether every request with a path of `inner` has one of `outer`. Says no where it cannot be known. */
export function pathCovers(outer: string, inner: string): boolean {
  const [a, b] = [parsed(outer), parsed(inner)];
  return outer === inner || (a.kind === 'prefix' && b.stem.startsWith(a.stem));
}

/** Whether some path may be one of both. Says yes where it cannot be known. */
export function pathsMeet(one: string, other: string): boolean {
  const [a, b] = [parsed(one), parsed(other)];
  return (a.kind !== 'exact' && b.stem.startsWith(a.stem)) || (b.kind !== 'exact' && a.stem.startsWith(b.stem)) || one === other;
}

/** Whether two lists have paths in common. A list that is not given stands for every path. */
export function pathListsMeet(one?: string[], other?: string[]): boolean {
  return !one || !other || one.some(a => other.some(b => pathsMeet(a, b)));
}

/** The paths that are in both lists; undefined where no list of paths says it. */
export function commonPaths(one: string[], other: string[]): string[] | undefined {
  const pairs = one.flatMap(a => other.filter(b => pathsMeet(a, b)).map(b => [a, b]));
  const narrower = pairs.map(([a, b]) => (pathCovers(a, b) ? b : pathCovers(b, a) ? a : undefined));
  return narrower.includes(undefined) ? undefined : [...new Set(narrower as string[])].sort();
}
