import { isDescribed, isStateful, namespaceOf, Plan, PortPlan, ServicePlan, workloadsOf } from './plan';

// What the program describes as existing: as the repository of another team would write it.

const named = ({ protocol, suffix }: PortPlan) => (suffix === undefined ? protocol : `${protocol}-${suffix}`);

/** The objects that the program describes and does not make. */
export function elsewhere(plan: Plan): object[] {
  const made = plan.namespaces.filter(scope => scope.made).map(({ name }) => name);
  const there = [...new Set(plan.namespaces.map(({ name }) => name))].filter(name => !made.includes(name) && name !== 'istio-system');
  return [
    ...there.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'istio-injection': 'enabled' } } })),
    ...plan.services.filter(isDescribed).flatMap(service => deployed(plan, service)),
  ];
}

function deployed(plan: Plan, service: ServicePlan): object[] {
  const { id, ports, peerPorts = [], replicas, labelKey = 'app' } = service;
  const namespace = namespaceOf(plan, service);
  const labels = { [labelKey]: id };
  const metadata = (name: string) => ({ name, namespace, labels });
  const all = [...ports, ...peerPorts];
  const numbers = [...new Set(all.map(({ port, targetPort }) => targetPort ?? port))];
  const pod = (of: object) => ({
    metadata: { labels: of },
    spec: { serviceAccountName: id, containers: [{ name: 'app', image: 'example.com/app:1', ports: numbers.map(containerPort => ({ containerPort })) }] },
  });
  const front = (name: string, list: readonly PortPlan[], more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: { selector: labels, ports: list.map(port => ({ name: named(port), port: port.port, targetPort: port.targetPort ?? port.port })), ...more },
  });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(id) };
  if (isStateful(service)) {
    return [account, front(id, ports), front(`${id}-headless`, all, { clusterIP: 'None' }), {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata(id),
      spec: { serviceName: `${id}-headless`, replicas, selector: { matchLabels: labels }, template: pod(labels) },
    }];
  }
  return [account, front(id, ports), ...workloadsOf(plan, service).map(({ name, version }) => {
    const own = { ...labels, version: version! };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata(name), spec: { replicas: 1, selector: { matchLabels: own }, template: pod(own) } };
  })];
}
