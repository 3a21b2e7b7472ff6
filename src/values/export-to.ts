import { isDnsLabel } from './names';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** The namespaces that an object is for, as Istio spells them: names, `.` for its own, `*` for all. Sorted. */
export function exportTo(namespaces: string[] | undefined, at: Located): string[] | undefined {
  const bad = namespaces?.find((name, i) => !(name === '.' || name === '*' || isDnsLabel(name)) || namespaces.indexOf(name) !== i);
  if (namespaces && (namespaces.length === 0 || bad !== undefined || (namespaces.includes('*') && namespaces.length > 1))) {
    throw new MeshError('IM1346', at, {
      problem: 'not a list of namespaces to export to', got: namespaces, allowed: 'names of namespaces, each once, with . for its own; or * alone', next: 'mend the list',
    });
  }
  return namespaces && [...namespaces].sort();
}

/** Whether an object of one namespace is for another. */
export function isExported(list: string[] | undefined, owner: string, namespace: string): boolean {
  return list === undefined || list.includes('*') || list.includes(namespace) || (list.includes('.') && owner === namespace);
}
