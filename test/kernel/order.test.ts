import { rankOf } from '../../src/kernel/order';

/** Each before the next; those of one line share a place. */
const SAFE: [string, string, string, object?][][] = [
  [['a namespace', 'v1', 'Namespace'], ['a definition', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition']],
  [['an account', 'v1', 'ServiceAccount'], ['a ConfigMap', 'v1', 'ConfigMap'], ['a Secret', 'v1', 'Secret'], ['a role', 'rbac.authorization.k8s.io/v1', 'Role']],
  [['an unknown kind', 'example.com/v1', 'Widget'], ['a Service of another group', 'serving.knative.dev/v1', 'Service'], ['a certificate', 'cert-manager.io/v1', 'Certificate']],
  [['a Service', 'v1', 'Service']],
  [['the reading of tokens', 'security.istio.io/v1', 'RequestAuthentication']],
  [
    ['who may call some pods', 'security.istio.io/v1', 'AuthorizationPolicy', { selector: { matchLabels: { app: 'a' } }, action: 'ALLOW', rules: [{}] }],
    ['that no caller may call some pods', 'security.istio.io/v1', 'AuthorizationPolicy', { selector: { matchLabels: { app: 'a' } } }],
    ['who may call through a Gateway', 'security.istio.io/v1', 'AuthorizationPolicy', { targetRefs: [{ kind: 'Gateway', name: 'a' }] }],
    ['a policy that only notes', 'security.istio.io/v1', 'AuthorizationPolicy', { action: 'AUDIT' }],
    ['the network of some pods', 'networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: { app: 'a' } } }],
    ['the same by expressions', 'networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }],
  ],
  [
    ['pods', 'apps/v1', 'Deployment'], ['pods with names', 'apps/v1', 'StatefulSet'], ['their budget', 'policy/v1', 'PodDisruptionBudget'],
    ['machines', 'networking.istio.io/v1', 'WorkloadEntry'],
  ],
  [['a webhook', 'admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration']],
  [['the policy and subsets of a host', 'networking.istio.io/v1', 'DestinationRule']],
  [['a host', 'networking.istio.io/v1', 'ServiceEntry']],
  [['the hosts of some sidecars', 'networking.istio.io/v1', 'Sidecar', { workloadSelector: { labels: { app: 'a' } } }]],
  [
    ['who may not call some pods', 'security.istio.io/v1', 'AuthorizationPolicy', { selector: { matchLabels: { app: 'a' } }, action: 'DENY' }],
    ['who asks an authorizer', 'security.istio.io/v1', 'AuthorizationPolicy', { selector: { matchLabels: { app: 'a' } }, action: 'CUSTOM' }],
    ['mutual TLS of some pods', 'security.istio.io/v1', 'PeerAuthentication', { selector: { matchLabels: { app: 'a' } } }],
  ],
  [['a Gateway', 'networking.istio.io/v1', 'Gateway'], ['one of the Gateway API', 'gateway.networking.k8s.io/v1', 'Gateway']],
  [['delegated routes', 'networking.istio.io/v1', 'VirtualService', { http: [{}] }]],
  [['the routes of a gateway', 'networking.istio.io/v1', 'VirtualService', { hosts: ['a'], gateways: ['edge'] }]],
  [
    ['the routes of sidecars', 'networking.istio.io/v1', 'VirtualService', { hosts: ['a'] }],
    ['of sidecars and a gateway', 'networking.istio.io/v1', 'VirtualService', { hosts: ['a'], gateways: ['edge', 'mesh'] }],
    ['an Ingress', 'networking.k8s.io/v1', 'Ingress'],
  ],
  [['a job', 'batch/v1', 'Job'], ['jobs by the clock', 'batch/v1', 'CronJob']],
  [['what a namespace allows', 'security.istio.io/v1', 'AuthorizationPolicy', { rules: [{}] }]],
  [
    ['that a namespace allows nothing', 'security.istio.io/v1', 'AuthorizationPolicy', {}],
    ['what a namespace denies', 'security.istio.io/v1', 'AuthorizationPolicy', { action: 'DENY', rules: [{}] }],
    ['mutual TLS of a namespace', 'security.istio.io/v1', 'PeerAuthentication', { mtls: { mode: 'STRICT' } }],
    ['the hosts of a namespace', 'networking.istio.io/v1', 'Sidecar', { egress: [{ hosts: ['./*'] }] }],
    ['the network of a namespace', 'networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {} }],
  ],
];

describe('the order that is safe when objects are added', () => {
  const rows = SAFE.flatMap((line, place) => line.map(([name, apiVersion, kind, spec]) => [name, place, { apiVersion, kind, spec }] as const));
  const ranks = [...new Set(rows.map(([, , facts]) => rankOf(facts)))].sort((a, b) => a - b);

  test('has a rank for each place', () => expect(ranks).toHaveLength(SAFE.length));
  test.each(rows)('%s: place %d', (_name, place, facts) => expect(ranks.indexOf(rankOf(facts))).toBe(place));
  test('needs no spec where none is written', () => {
    expect(rankOf({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy' })).toBe(rankOf({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', spec: {} }));
  });
});
