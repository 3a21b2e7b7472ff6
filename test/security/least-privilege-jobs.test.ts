import { aShop, restricted } from './shop';
import { find, messages } from '../helpers/build';
import { NEEDED_EGRESS } from '../helpers/network';
import { valid } from '../helpers/valid';
import { JobSidecar, MeshJob, MeshNamespace, MutualTls } from 'cdk8s-istio';

const containers = [{ image: 'example.com/report:1' }];

test('a job is admitted where it calls, knows no other host, and has no callers', () => {
  const { chart, shop, web, ledger } = aShop();
  new MeshJob(shop, 'report', { containers, calls: [ledger] });
  restricted(chart, { networkPolicies: true });
  const objects = valid(chart);
  expect(find(objects, 'AuthorizationPolicy', 'ledger').spec.rules).toContainEqual({
    from: [{ source: { principals: ['cluster.local/ns/shop/sa/report'] } }], to: [{ operation: { ports: ['5432'] } }],
  });
  expect(find(objects, 'AuthorizationPolicy', 'report').spec).toEqual({ action: 'ALLOW', selector: { matchLabels: { app: 'report' } } });
  expect(find(objects, 'Sidecar', 'report').spec).toEqual({
    workloadSelector: { labels: { app: 'report' } },
    egress: [{ hosts: ['shop/ledger-headless.shop.svc.cluster.local', 'shop/ledger.shop.svc.cluster.local'] }],
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  });
  expect(find(objects, 'NetworkPolicy', 'report').spec.egress).toEqual([
    { ports: [{ port: 5432, protocol: 'TCP' }], to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app: 'ledger' } } }] },
    ...NEEDED_EGRESS,
  ]);
  expect(find(objects, 'AuthorizationPolicy', web.serviceName).spec).not.toHaveProperty('rules');
});

test('a job that runs as a service that was not declared to call the same is refused', () => {
  const { chart, shop, web, checkout, ledger } = aShop();
  new MeshJob(shop, 'report', { containers, serviceAccount: web.deploymentOf('v1').serviceAccount!, calls: [ledger] });
  web.calls(checkout);
  restricted(chart);
  const said = messages(chart).join('\n');
  expect(said).toContain('IM1805 at chart/shop/report: web v1 has the same identity, web, but does not declare that it calls ledger.');
  expect(said).toContain('IM1805 at chart/shop/web: report has the same identity, web, but does not declare that it calls checkout.');
});

test('a job without a sidecar has no identity by which it could be allowed', () => {
  const { chart, ledger } = aShop();
  const batch = new MeshNamespace(chart, 'batch', { mutualTls: MutualTls.PERMISSIVE });
  new MeshJob(batch, 'report', { containers, sidecar: JobSidecar.none({ despiteMutualTls: 'it is tried' }), calls: [ledger] });
  restricted(chart);
  expect(messages(chart)).toEqual([[
    'IM1803 at chart/batch/report: the pods of report have no sidecar, so they have no identity.',
    '  next     give the job a sidecar: JobSidecar.native() or JobSidecar.quit()',
  ].join('\n')]);
});
