import { IConstruct } from 'constructs';
import { MeshRegistry } from './registry';
import { MeshError } from '../diagnostics/mesh-error';
import { knownNamespace, knownNamespaces } from '../kernel/known-namespaces';
import { registryOf } from '../kernel/registry';
import { askingPodsAround } from '../services/workloads/sidecars';

/** The revision that gives proxies to what names none. */
const DEFAULT = 'default';

/**
 * Refuses namespaces and pods that ask a control plane for their proxies which is not installed: they would get none.
 */
export function checkInjection(at: IConstruct): void {
  const known = new Set(registryOf(at, MeshRegistry).revisions.map(({ name = DEFAULT }) => name));
  const asked = knownNamespaces(at).filter(({ injection }) => injection?.injects)
    .map(({ name, injection, injectionSource }) => ({ what: `the pods of namespace ${name}`, revision: injection!._labels['istio.io/rev'], source: injectionSource ?? at }));
  const alone = askingPodsAround(at).filter(({ namespace }) => knownNamespace(at, namespace).injection?.injects === false)
    .map(({ source, revision }) => ({ what: `the pods of ${source.node.path}`, revision, source }));
  for (const { what, revision = DEFAULT, source } of [...asked, ...alone]) {
    if (!known.has(revision)) {
      throw new MeshError('IM1618', source, {
        problem: `${what} get no proxy: they ask ${revision === DEFAULT ? 'the control plane without a revision' : `revision ${revision}`}, and ${at.node.path} installs others`,
        found: revision === DEFAULT ? 'SidecarInjection.enabled()' : `SidecarInjection.revision('${revision}')`,
        allowed: [...known].map(name => (name === DEFAULT ? 'SidecarInjection.enabled()' : `SidecarInjection.revision('${name}')`)).join(', '),
        next: revision === DEFAULT ? 'choose the revision, or give it the tag of the default: { revisionTags: [\'default\'] }' : 'choose a revision or tag that is installed',
      });
    }
  }
}
