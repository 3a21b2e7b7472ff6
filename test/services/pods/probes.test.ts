import { Chart, Cron } from 'cdk8s';
import { ContainerProps, Deployment, Handler, Probe, Service, StatefulSet } from 'cdk8s-plus-28';
import { app, find, messages, refusal, service, synth } from '../../helpers/build';
import { MeshCronJob, MeshJob, MeshNamespace, MeshPort, MeshService, MeshVersion, PodOptions, StatefulMeshService } from 'cdk8s-istio';

const image = 'example.com/app:1';
const shop = () => new MeshNamespace(new Chart(app(), 'chart'), 'shop');
const http = Probe.fromHttpGet('/healthz');
const tcp = Probe.fromTcpSocket();

type Make = (scope: MeshNamespace, options: PodOptions, ports?: MeshPort[]) => unknown;
const a = MeshPort.http(80, { targetPort: 3000 });

/** Whatever makes pods that are called, and its kind. */
const CALLED: [string, string, Make][] = [
  ['a version', 'Deployment', (scope, options, ports = [a]) => service(scope, 'pods', { ports, versions: { v1: MeshVersion.of(options) } })],
  ['a stateful service', 'StatefulSet', (scope, options, ports = [a]) => new StatefulMeshService(scope, 'pods', { ports, replicas: 1, ...options })],
];
const JOBS: [string, Make][] = [
  ['a job', (scope, options) => new MeshJob(scope, 'pods', options)],
  ['a job by a schedule', (scope, options) => new MeshCronJob(scope, 'pods', { schedule: Cron.daily(), ...options })],
];

describe.each(CALLED)('%s', (_, kind, make) => {
  const container = (props: Partial<ContainerProps>, ports?: MeshPort[]) => {
    const scope = shop();
    make(scope, { containers: [{ image, ...props }] }, ports);
    return find(synth(Chart.of(scope)), kind, kind === 'Deployment' ? 'pods-v1' : 'pods').spec.template.spec.containers[0];
  };
  const tried = (containers: ContainerProps[], ports?: MeshPort[]) => refusal(() => make(shop(), { containers }, ports)).message;

  test.each(['liveness', 'readiness', 'startup'] as const)('a %s probe without a port asks the only port of the service', each => {
    expect(container({ [each]: http })).toMatchObject({ ports: [{ containerPort: 3000 }], [`${each}Probe`]: { httpGet: { path: '/healthz', port: 3000 } } });
    expect(container({ [each]: tcp })[`${each}Probe`]).toEqual({ failureThreshold: 3, tcpSocket: { port: 3000 } });
  });

  test('hooks of a container are no different', () => {
    const lifecycle = { postStart: Handler.fromTcpSocket(), preStop: Handler.fromHttpGet('/stop') };
    expect(container({ lifecycle }).lifecycle)
      .toEqual({ postStart: { tcpSocket: { port: 3000 } }, preStop: { httpGet: { path: '/stop', port: 3000, scheme: 'HTTP' } } });
    expect(tried([{ image, lifecycle }], [a, MeshPort.grpc(9000)])).toContain(': the postStart hook has no port, and its container has several.');
    const scope = shop();
    make(scope, { containers: [{ image, lifecycle: { preStop: Handler.fromHttpGet('/', { port: 8080 }) } }] });
    expect(messages(scope)).toEqual([expect.stringContaining(': the preStop hook of container main uses port 8080, on which no container listens.')]);
  });

  test('the port that a container declares itself comes first, as cdk8s-plus has it', () => {
    expect(container({ readiness: http, portNumber: 8081, ports: [{ number: 3000 }] }).readinessProbe.httpGet.port).toBe(8081);
  });

  test('of several ports of the container, it is the one that the service has', () => {
    expect(container({ readiness: http, ports: [{ number: 9090 }] }).readinessProbe.httpGet.port).toBe(3000);
  });

  test('a port that is named stays, and so does a command', () => {
    expect(container({ readiness: Probe.fromHttpGet('/', { port: 9090 }), ports: [{ number: 9090 }] }).readinessProbe.httpGet.port).toBe(9090);
    expect(container({ liveness: Probe.fromCommand(['true']) }).livenessProbe.exec).toEqual({ command: ['true'] });
  });

  test('one probe of two containers asks the port of each', () => {
    const scope = shop();
    make(scope, { containers: [3000, 4000].map(number => ({ name: `port-${number}`, image, readiness: http, ports: [{ number }] })) });
    const { containers } = find(synth(Chart.of(scope)), kind, kind === 'Deployment' ? 'pods-v1' : 'pods').spec.template.spec;
    expect(containers.map((each: { readinessProbe: { httpGet: { port: number } } }) => each.readinessProbe.httpGet.port)).toEqual([3000, 4000]);
  });

  test('a probe may ask the port of the metrics, which no container has to declare', () => {
    const scope = shop();
    make(scope, { containers: [{ image, readiness: Probe.fromHttpGet('/ready', { port: 9090 }) }], metrics: { port: 9090 } });
    expect(messages(scope)).toEqual([]);
  });

  test('a probe that may mean several ports, or none', () => {
    expect(tried([{ image, liveness: tcp }], [a, MeshPort.grpc(9000)])).toContain([
      ': the liveness probe has no port, and its container has several.',
      '  got      [3000,9000]',
      '  next     set the port: { port: … }',
    ].join('\n'));
    const beside = { name: 'a', image, ports: [{ number: 3000 }] };
    expect(tried([beside, { name: 'b', image, startup: http }])).toContain(': the startup probe has no port, and its container has none.');
    expect(tried([{ image, readiness: http }], [MeshPort.udp(53)])).toMatch(/^IM1712 at chart\/shop\/pods/);
  });

  test('a probe of a port on which no container listens', () => {
    const scope = shop();
    make(scope, { containers: [{ image, readiness: Probe.fromHttpGet('/', { port: 8080 }) }] });
    expect(messages(scope).map(text => text.replace(/at \S+:/, 'at …:'))).toEqual([[
      'IM1712 at …: the readiness probe of container main uses port 8080, on which no container listens.',
      '  got      8080',
      '  allowed  3000',
      '  next     set the port, { port: … }, or declare it in the container: { ports: [{ number: … }] }',
    ].join('\n')]);
  });

  test('a probe of the port of another container of the pod', () => {
    const scope = shop();
    make(scope, { containers: [{ name: 'a', image, ports: [{ number: 3000 }] }, { name: 'b', image, readiness: Probe.fromTcpSocket({ port: 3000 }) }] });
    expect(messages(scope)).toEqual([]);
  });
});

describe.each(JOBS)('%s', (_, make) => {
  test('a probe asks the port that its container declares, and no other', () => {
    expect(refusal(() => make(shop(), { containers: [{ image, liveness: http }] })).message).toMatch(/^IM1712 at chart\/shop\/pods: the liveness probe has no port, and its container has none\./);
    const scope = shop();
    make(scope, { containers: [{ image, liveness: http, ports: [{ number: 3000 }] }] });
    expect(JSON.stringify(synth(Chart.of(scope)))).toContain('"livenessProbe":{"failureThreshold":3,"httpGet":{"path":"/healthz","port":3000,"scheme":"HTTP"}}');
  });
});

describe('a workload that is there', () => {
  const deployed = (props: Partial<ContainerProps>) => {
    const scope = shop();
    const deployment = new Deployment(scope, 'deployment', { metadata: scope.metadata('pods'), containers: [{ image, ...props }] });
    return { scope, made: new MeshService(scope, 'pods', { ports: [a], versions: { v1: MeshVersion.fromWorkload(deployment) } }) };
  };

  test('a probe without a port, whose container declares none', () => {
    expect(messages(deployed({ readiness: http }).scope))
      .toEqual([expect.stringMatching(/^IM1712 at chart\/shop\/pods\/v1: the readiness probe of container main uses port 80, on which no container listens\./)]);
    expect(messages(deployed({ readiness: Probe.fromTcpSocket({ port: 3000 }) }).scope)).toEqual([]);
    expect(messages(deployed({ readiness: http, portNumber: 3000 }).scope)).toEqual([]);
  });

  test('a StatefulSet alike', () => {
    const scope = shop();
    const headless = new Service(scope, 'headless', { metadata: scope.metadata('pods-headless'), clusterIP: 'None', ports: [{ port: 3000 }] });
    const workload = new StatefulSet(scope, 'set', { metadata: scope.metadata('pods'), service: headless, containers: [{ image, readiness: http, ports: [{ number: 3000 }] }] });
    StatefulMeshService.fromWorkload(scope, 'db', { workload, ports: [MeshPort.http(3000)] });
    expect(messages(scope)).toEqual([expect.stringMatching(/^IM1712 at chart\/shop\/db: the readiness probe of container main uses port 80/)]);
  });
});
