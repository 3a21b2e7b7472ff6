import { Chart, Cron, Duration } from 'cdk8s';
import { Deployment, Service, StatefulSet } from 'cdk8s-plus-28';
import { app, KubeObject, messages, refusal, service, version } from '../../helpers/build';
import { valid } from '../../helpers/valid';
import {
  EgressPort, EgressRoute, ICallee, JobSidecar, MeshCronJob, MeshJob, MeshNamespace, MeshPort, MeshService, MeshVersion, PodOptions, RemoteTls,
  StatefulMeshService,
} from 'cdk8s-istio';

const CONFIG = 'proxy.istio.io/config';
const image = 'example.com/app:1';
const ports = [MeshPort.http(80, { targetPort: 8080 })];
const shop = () => new MeshNamespace(new Chart(app(), 'chart'), 'shop');
const capture = 'proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\n';

interface Calling { calls(callee: ICallee): unknown }

/** Whatever has pods with settings of their proxies. */
const MADE: [string, (scope: MeshNamespace, options: Partial<PodOptions>) => Calling][] = [
  ['a version', (scope, options) => service(scope, 'pods', { ports, versions: { v1: MeshVersion.of({ containers: [{ image }], ...options }) } })],
  ['a Deployment that is there', (scope, { podAnnotations: annotations }) => {
    const deployment = new Deployment(scope, 'deployment', { metadata: scope.metadata('pods-v1'), containers: [{ image, portNumber: 8080 }], podMetadata: { annotations } });
    return service(scope, 'pods', { ports, versions: { v1: MeshVersion.fromWorkload(deployment) } });
  }],
  ['an annotation that comes later', (scope, { podAnnotations = {} }) => {
    const made = service(scope, 'pods', { ports, versions: { v1: version() } });
    Object.entries(podAnnotations).forEach(([key, value]) => made.addPodAnnotation(key, value));
    return made;
  }],
  ['an annotation that is written to the Deployment later', (scope, { podAnnotations = {} }) => {
    const made: MeshService = service(scope, 'pods', { ports, versions: { v1: version() } });
    Object.entries(podAnnotations).forEach(([key, value]) => made.deploymentOf('v1').podMetadata.addAnnotation(key, value));
    return made;
  }],
  ['a stateful service', (scope, options) => new StatefulMeshService(scope, 'pods', { ports, replicas: 1, containers: [{ image }], ...options })],
  ['a StatefulSet that is there', (scope, { podAnnotations: annotations }) => {
    const headless = new Service(scope, 'headless', { metadata: scope.metadata('pods-headless'), clusterIP: 'None', ports: [{ port: 8080 }] });
    const workload = new StatefulSet(scope, 'set', { metadata: scope.metadata('set'), service: headless, containers: [{ image, portNumber: 8080 }], podMetadata: { annotations } });
    return StatefulMeshService.fromWorkload(scope, 'pods', { workload, ports: [MeshPort.http(8080)] });
  }],
  ['a job', (scope, options) => new MeshJob(scope, 'pods', { containers: [{ image }], sidecar: JobSidecar.native(), ...options })],
  ['a job by a schedule', (scope, options) => new MeshCronJob(scope, 'pods', { schedule: Cron.daily(), containers: [{ image }], sidecar: JobSidecar.native(), ...options })],
];

const WORKLOADS = ['CronJob', 'Deployment', 'Job', 'StatefulSet'];
const annotationsOf = (scope: MeshNamespace): { [key: string]: string } => {
  const { spec } = valid(Chart.of(scope)).find(({ kind }) => WORKLOADS.includes(kind)) as KubeObject;
  return (spec.jobTemplate?.spec ?? spec).template.metadata.annotations ?? {};
};

/** A host that DNS does not know, so that the sidecars of callers answer; with a client certificate where one is shown. */
const route = (scope: MeshNamespace, secret?: string) => new EgressRoute(scope, 'bank', {
  host: 'bank.example.org', endpoints: ['203.0.113.1'], ports: [secret ? EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret(secret) }) : EgressPort.https(443)],
});

describe.each(MADE)('%s that calls a host that DNS does not know', (_, make) => {
  const config = (text?: string) => {
    const scope = shop();
    make(scope, text === undefined ? {} : { podAnnotations: { [CONFIG]: text } }).calls(route(scope));
    return annotationsOf(scope)[CONFIG];
  };
  const first = (text: string) => {
    const scope = shop();
    make(scope, { podAnnotations: { [CONFIG]: text } }).calls(route(scope));
    return messages(scope.node.root as Chart)[0];
  };

  test('says that by itself', () => expect(config()).toBe(capture));

  test.each<[string, string]>([
    ['concurrency: 2', `concurrency: 2\n${capture}`],
    ['{"tracing":{"sampling":10},"concurrency":2}', `concurrency: 2\n${capture}tracing:\n  sampling: 10\n`],
    ['proxyMetadata:\n  A: "1"\n', 'proxyMetadata:\n  A: "1"\n  ISTIO_META_DNS_CAPTURE: "true"\n'],
    ['proxy_metadata:\n  my_name: "1"\n', 'proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\n  my_name: "1"\n'],
    ['proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\nextraStatTags: [b, a]\n', `extraStatTags:\n  - b\n  - a\n${capture}`],
    ['proxyMetadata:\n', capture],
    ['# nothing\n', capture],
    ['image:\n  imageType: "on"\n', `image:\n  imageType: "on"\n${capture}`],
  ])('and the user %j', (text, joined) => expect(config(text)).toBe(joined));

  test.each<[string, string]>([
    ['proxyMetadata: { ISTIO_META_DNS_CAPTURE: "false" }', '"false"'],
    ['proxyMetadata: { ISTIO_META_DNS_CAPTURE: true }', 'true'],
    ['proxy_metadata: { ISTIO_META_DNS_CAPTURE: "" }', '""'],
  ])('and the user contradicts: %s', (text, value) => {
    const message = (() => {
      try {
        return first(text);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toMatch(/^IM1131 at \S+: proxyMetadata\.ISTIO_META_DNS_CAPTURE in the annotation proxy\.istio\.io\/config of the pods of \S+ is set twice, to different values\.\n/);
    const [, got] = message.split('\n');
    expect(got).toContain(value);
    expect(got).toContain('"true" by chart/shop/bank');
    expect(message).toMatch(/\n {2}next {5}remove one of the two$/);
  });
});

describe('what the user says alone', () => {
  const config = (text: string) => {
    const scope = shop();
    service(scope, 'pods', { ports, versions: { v1: MeshVersion.of({ containers: [{ image }], podAnnotations: { [CONFIG]: text } }) } });
    return annotationsOf(scope)[CONFIG];
  };

  test.each(['{}', 'concurrency: 2', 'b: yes\n# why\na: 1\n', ''])('stays as it is: %j', text => expect(config(text)).toBe(text));

  test.each<[string, string]>([
    ['text', '"text"'],
    ['- a\n', '"- a\\n"'],
    ['a: 1\na: 2\n', '"a: 1\\na: 2\\n": Map keys must be unique at line 2, column 1'],
    ['proxyMetadata: {}\nproxy_metadata: {}\n', '"proxyMetadata: {}\\nproxy_metadata: {}\\n": proxyMetadata is written twice, in two spellings'],
    ['a: [', '"a: [": Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5'],
    ['a: 1\n---\nb: 2\n', '"a: 1\\n---\\nb: 2\\n": there are several documents'],
  ])('is refused where it is no map: %j', (text, got) => {
    expect(refusal(() => config(text)).message).toBe([
      `IM1130 at chart/shop/pods/v1: the annotation ${CONFIG} of the pods of pods-v1 holds no YAML map.`,
      `  got      ${got}`,
      '  allowed  concurrency: 2',
      '  next     write one map, with each field once',
    ].join('\n'));
  });

  test('several texts are joined, and are the same bytes in every order', () => {
    const joined = (...texts: string[]) => {
      const scope = shop();
      const pods = service(scope, 'pods', { ports, versions: { v1: version() } });
      texts.forEach(text => pods.addPodAnnotation(CONFIG, text));
      return annotationsOf(scope)[CONFIG];
    };
    const texts = ['b: 1\n', 'a: { d: 1 }', '{"a": {"c": "0755"}}'];
    expect(joined(...texts)).toBe('a:\n  c: "0755"\n  d: 1\nb: 1\n');
    expect(joined(...texts.reverse())).toBe('a:\n  c: "0755"\n  d: 1\nb: 1\n');
    expect(joined('b: 1\n', 'b: 1\n')).toBe('b: 1\n');
  });

  test.each(['a: yes', 'a: 0755', 'a: 2026-01-01'])('%s is not joined: two releases of YAML read it differently', text => {
    const pods = service(shop(), 'pods', { ports, versions: { v1: version() } });
    pods.addPodAnnotation(CONFIG, text);
    expect(refusal(() => pods.addPodAnnotation(CONFIG, 'b: 1')).message).toBe([
      `IM1130 at chart/shop/pods: the annotation ${CONFIG} of the pods of pods-v1 is joined with other settings, and has a value that YAML 1.1 and YAML 1.2 read differently.`,
      `  got      '${text}'`,
      '  next     put texts such as yes, on or 0755 into quotes, and write lists of maps in full',
    ].join('\n'));
  });
});

describe('a job whose application quits the proxy', () => {
  const job = (text: string) => {
    const scope = shop();
    new MeshJob(scope, 'report', {
      containers: [{ image }], sidecar: JobSidecar.quitByApplication(), activeDeadline: Duration.hours(1), podAnnotations: { [CONFIG]: text },
    }).calls(route(scope));
    return annotationsOf(scope)[CONFIG];
  };

  test('joins the user\'s settings, its own, and those of the host that it calls', () => {
    expect(job('concurrency: 1\n')).toBe(`concurrency: 1\nholdApplicationUntilProxyStarts: true\n${capture}`);
    expect(job('holdApplicationUntilProxyStarts: true')).toBe(`holdApplicationUntilProxyStarts: true\n${capture}`);
  });

  test('refuses what contradicts', () => {
    expect(refusal(() => job('hold_application_until_proxy_starts: false')).message).toBe([
      `IM1131 at chart/shop/report: holdApplicationUntilProxyStarts in the annotation ${CONFIG} of the pods of report is set twice, to different values.`,
      '  got      false by the pods\' own annotations, chart/shop/report, true by chart/shop/report',
      '  next     remove one of the two',
    ].join('\n'));
  });
});

describe('volumes of the sidecar', () => {
  const VOLUME = 'sidecar.istio.io/userVolume';
  const MOUNT = 'sidecar.istio.io/userVolumeMount';
  const annotations = (podAnnotations: { [key: string]: string }) => {
    const scope = shop();
    service(scope, 'pods', { ports, versions: { v1: MeshVersion.of({ containers: [{ image }], podAnnotations }) } }).calls(route(scope, 'client'));
    return annotationsOf(scope);
  };

  test('those of the user stand beside the Secret of a route', () => {
    expect(annotations({ [VOLUME]: '{"tmp":{"emptyDir":{}}}', [MOUNT]: '{"tmp":{"mountPath":"/tmp/x"}}' })).toEqual({
      [CONFIG]: capture,
      [VOLUME]: '{"client":{"secret":{"secretName":"client"}},"tmp":{"emptyDir":{}}}',
      [MOUNT]: '{"client":{"mountPath":"/etc/istio/secrets/client","readOnly":true},"tmp":{"mountPath":"/tmp/x"}}',
    });
  });

  test('one of the same name says the same', () => {
    expect(refusal(() => annotations({ [VOLUME]: '{"client":{"secret":{"secretName":"other"}}}' })).message).toBe([
      `IM1131 at chart/shop/bank: client.secret.secretName in the annotation ${VOLUME} of the pods of pods-v1 is set twice, to different values.`,
      '  got      "other" by the pods\' own annotations, chart/shop/pods/v1, "client" by chart/shop/bank',
      '  next     remove one of the two',
    ].join('\n'));
    expect(refusal(() => annotations({ [VOLUME]: '[]' })).code).toBe('IM1130');
  });
});
