import { SidecarInjection } from '../../../src';
import { homeOf, spaceOf } from '../homes';
import { ABSENT, each, Knowledge } from '../knowledge';
import { World } from '../world';

/** Names that are unique where the call in progress puts its object. */
export const freshName = (w: World) => w.mostlyFresh(spaceOf(w, w.making?.given.scope));

const labelKey = (w: World) => w.mostlyFresh('label keys', ['team', 'example.com/tier', 'app.kubernetes.io/part-of', 'Under_Score']);

/** Whether the namespace that is being said has no sidecars. */
export function isBare(w: World): boolean {
  return (w.given(/^(MeshNamespaceProps|ExistingNamespaceOptions)$/)?.injection as SidecarInjection | undefined)?.injects === false;
}

/** Places, names, and the keys of labels and annotations. */
export const names: Knowledge = {
  facts: {
    '*.scope': homeOf,
    '*.id': freshName,
    '*.name': freshName,
    'MeshCluster.of.scope': w => w.choices.pick([w.chart, ...w.neighbours.map(({ value }) => value)]),
    'MeshClusterProps.clusterDomain': w => w.choices.pick(['cluster.local', 'mesh.example.com', 'prod']),
    '*.key': labelKey,
    ...each(['labels', 'podLabels', 'annotations', 'podAnnotations', 'serviceAnnotations', 'secretLabels', 'secretAnnotations', 'selector'].map(map => `*.${map}{}`), labelKey),
    // Where pods get no sidecar, these settings have no effect.
    ...each(['MeshNamespaceProps', 'ExistingNamespaceOptions'].flatMap(owner => [`${owner}.outboundTrafficPolicy`, `${owner}.dnsCapture`]), w => (isBare(w) ? ABSENT : undefined)),
  },
  order: { MeshNamespaceProps: ['injection'], ExistingNamespaceOptions: ['injection'] },
};
