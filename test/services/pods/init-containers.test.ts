import { Chart } from 'cdk8s';
import { Deployment, Service, StatefulSet } from 'cdk8s-plus-28';
import { app, messages, service, synth } from '../../helpers/build';
import {
  IstioRelease, KubernetesRelease, MeshCluster, MeshClusterProps, MeshNamespace, MeshPort, MeshSettings, MeshVersion, PodOptions,
  SidecarInjection, StatefulMeshService,
} from 'cdk8s-istio';

const image = 'example.com/app:1';
const NATIVE = 'sidecar.istio.io/nativeSidecar';
const init = { initContainers: [{ name: 'migrate', image }] };
const ports = [MeshPort.http(8080)];

const MADE: [string, (scope: MeshNamespace, options: Partial<PodOptions>) => unknown][] = [
  ['a version', (scope, options) => service(scope, 'pods', { ports, versions: { v1: MeshVersion.of({ containers: [{ image }], ...options }) } })],
  ['a Deployment that is there', (scope, { initContainers, podAnnotations: annotations }) => {
    const deployment = new Deployment(scope, 'deployment', { metadata: scope.metadata('pods'), containers: [{ image }], initContainers, podMetadata: { annotations } });
    return service(scope, 'pods', { ports, versions: { v1: MeshVersion.fromWorkload(deployment) } });
  }],
  ['a stateful service', (scope, options) => new StatefulMeshService(scope, 'pods', { ports, replicas: 1, containers: [{ image }], ...options })],
  ['a StatefulSet that is there', (scope, { initContainers, podAnnotations: annotations }) => {
    const headless = new Service(scope, 'headless', { metadata: scope.metadata('pods-headless'), clusterIP: 'None', ports: [{ port: 8080 }] });
    const containers = [{ image }];
    const workload = new StatefulSet(scope, 'set', { metadata: scope.metadata('set'), service: headless, containers, initContainers, podMetadata: { annotations } });
    return StatefulMeshService.fromWorkload(scope, 'pods', { workload, ports });
  }],
];

describe.each(MADE)('%s with init containers', (_, make) => {
  const tried = (options: Partial<PodOptions>, releases: MeshClusterProps = {}, injection = SidecarInjection.enabled(), nativeSidecars?: boolean) => {
    const cluster = new MeshCluster(app(), 'prod', releases);
    const chart = new Chart(cluster, 'chart');
    const scope = new MeshNamespace(chart, 'shop', { injection });
    make(scope, options);
    if (nativeSidecars !== undefined) {
      new MeshSettings(chart, 'settings', { proxy: { nativeSidecars } });
    }
    const said = messages(cluster);
    const pods = said.length > 0 ? [] : synth(chart).filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
    return { said, native: pods.map(({ spec }) => spec.template.metadata.annotations?.[NATIVE]) };
  };

  test('asks for a native sidecar, which starts before them', () => {
    expect(tried(init)).toEqual({ said: [], native: ['true'] });
    expect(tried(init, { istio: IstioRelease.V1_24, kubernetes: KubernetesRelease.V1_29 })).toEqual({ said: [], native: ['true'] });
    expect(tried({})).toEqual({ said: [], native: [undefined] });
    expect(tried(init, {}, SidecarInjection.disabled())).toEqual({ said: [], native: [undefined] });
    expect(tried({ ...init, podAnnotations: { [NATIVE]: 'false' } })).toEqual({ said: [], native: ['false'] });
  });

  test('is refused where the releases have none', () => {
    const old = { istio: IstioRelease.V1_24, kubernetes: KubernetesRelease.V1_28 };
    const { said } = tried(init, old);
    expect(said).toEqual([expect.stringContaining([
      ': init container migrate has no network: the sidecar starts after it.',
      '  got      Istio 1.24 on Kubernetes 1.28',
      '  allowed  Istio 1.24 or later on Kubernetes 1.29 or later; before that release of Istio, MeshSettings with proxy: { nativeSidecars: true }',
      `  next     set the releases of the cluster, or declare that no init container needs the network: podAnnotations: { '${NATIVE}': 'false' }`,
    ].join('\n'))]);
    expect(said[0]).toMatch(/^IM1714 at prod\/chart\/shop\/pods/);
    expect(tried({ ...init, podAnnotations: { [NATIVE]: 'false' } }, old).said).toEqual([]);
    expect(tried(init, old, SidecarInjection.disabled()).said).toEqual([]);
    expect(tried({}, old).said).toEqual([]);
  });

  test('relies on the settings of the mesh where pods cannot ask', () => {
    const old = { istio: IstioRelease.V1_23, kubernetes: KubernetesRelease.V1_30 };
    expect(tried(init, old).said).toHaveLength(1);
    expect(tried(init, old, undefined, false).said).toHaveLength(1);
    expect(tried(init, old, undefined, true)).toEqual({ said: [], native: [undefined] });
  });
});

