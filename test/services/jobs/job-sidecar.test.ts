import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { containers, jobOf, shop } from './job-proofs';
import { app, KubeObject, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  EgressCallers, EgressPort, EgressRoute, IstioRelease, JobSidecar, KubernetesRelease, MeshCluster, MeshJob, MeshJobProps, MeshMutualTls,
  MeshNamespace, MeshPort, MeshSettings, MeshSettingsProps, MutualTls, QuitClient, SidecarInjection,
} from 'cdk8s-istio';

const INJECT = 'sidecar.istio.io/inject';
const NATIVE = 'sidecar.istio.io/nativeSidecar';

/** A namespace in a cluster of these releases. */
function on(istio: IstioRelease, kubernetes: KubernetesRelease): MeshNamespace {
  return new MeshNamespace(new Chart(new MeshCluster(app(), 'cluster', { istio, kubernetes }), 'chart'), 'shop');
}

const made = (scope: MeshNamespace, props: Partial<MeshJobProps> = {}) => new MeshJob(scope, 'report', { containers, ...props });
const podOf = (scope: MeshNamespace, props: Partial<MeshJobProps> = {}): KubeObject['template'] => {
  made(scope, props);
  return jobOf(valid(Chart.of(scope))).template;
};
const deadline = { activeDeadline: Duration.hours(1) };

// What each release of Istio and of Kubernetes together give: written out, and not computed as the library does.
const KUBERNETES = Object.entries(KubernetesRelease) as [string, KubernetesRelease][];
const ISTIO = Object.entries(IstioRelease) as [string, IstioRelease][];
const NONE = ['none', 'none', 'none', 'none', 'none', 'none', 'none'];
const ASKS = ['none', 'native', 'native', 'native', 'native', 'native', 'native'];
const TABLE: { readonly [istio: string]: string[] } = {
  V1_22: NONE, V1_23: NONE, V1_24: ASKS, V1_25: ASKS, V1_26: ASKS, V1_27: ASKS, V1_28: ASKS, V1_29: ASKS, V1_30: ASKS, V1_31: ASKS,
};
const CELLS = ISTIO.flatMap(([name, istio]) =>
  KUBERNETES.map(([platform, kubernetes], i) => ({ name, istio, platform, kubernetes, what: TABLE[name][i] })));

describe('what a job gets by itself', () => {
  test('the table has a cell for every two releases', () => {
    expect(Object.keys(TABLE)).toEqual(ISTIO.map(([name]) => name));
    expect(Object.values(TABLE).map(row => row.length)).toEqual(ISTIO.map(() => KUBERNETES.length));
    expect(CELLS).toHaveLength(70);
  });

  test.each(CELLS)('Istio $name on Kubernetes $platform: $what', ({ istio, kubernetes, what }) => {
    expect(podOf(on(istio, kubernetes)).metadata).toEqual(what === 'native'
      ? { labels: { app: 'report' }, annotations: { [NATIVE]: 'true' } }
      : { labels: { app: 'report', [INJECT]: 'false' } });
  });

  test.each(CELLS)('native sidecars, asked for, of Istio $name on Kubernetes $platform', ({ name, istio, platform, kubernetes, what }) => {
    const asking = () => {
      const scope = on(istio, kubernetes);
      made(scope, { sidecar: JobSidecar.native() });
      return scope;
    };
    const ask = () => jobOf(valid(Chart.of(asking()))).template.metadata;
    if (what === 'native') {
      expect(ask()).toEqual({ labels: { app: 'report' }, annotations: { [NATIVE]: 'true' } });
    } else {
      const words = (release: string) => release.slice(1).replace('_', '.');
      const refused = platform === 'V1_28' ? refusal(ask).message : messages(asking()).join();
      expect(refused).toContain(`got      Istio ${words(name)} on Kubernetes ${words(platform)}\n  allowed  Istio 1.24 or later on Kubernetes 1.29 or later`);
    }
  });

  test('nothing where the namespace gives no sidecars', () => {
    const scope = new MeshNamespace(new Chart(app(), 'chart'), 'shop', { injection: SidecarInjection.disabled() });
    expect(podOf(scope).metadata).toEqual({ labels: { app: 'report' } });
  });
});

option('JobSidecar.native', 'asks for a native sidecar, which ends with the containers', () => {
  expect(podOf(on(IstioRelease.V1_24, KubernetesRelease.V1_29), { sidecar: JobSidecar.native() }).metadata.annotations).toEqual({ [NATIVE]: 'true' });
  expect(refusal(() => made(on(IstioRelease.V1_31, KubernetesRelease.V1_28), { sidecar: JobSidecar.native() })).message).toBe([
    'IM1701 at cluster/chart/shop/report: Kubernetes 1.28 has no native sidecars.',
    '  got      Istio 1.31 on Kubernetes 1.28',
    '  allowed  Istio 1.24 or later on Kubernetes 1.29 or later',
    '  next     use JobSidecar.quit() or JobSidecar.none(), or set the releases of the MeshCluster',
  ].join('\n'));
});

describe('a native sidecar where pods cannot ask for one', () => {
  /** The namespace of a job in a cluster of Istio 1.23 on Kubernetes 1.29, with settings that are made before or after it. */
  function judged(settings: MeshSettingsProps | undefined, first = true): MeshNamespace {
    const cluster = new MeshCluster(app(), 'cluster', { istio: IstioRelease.V1_23, kubernetes: KubernetesRelease.V1_29 });
    const scope = new MeshNamespace(new Chart(cluster, 'chart'), 'shop');
    const say = () => settings && new MeshSettings(cluster, 'mesh', settings);
    if (first) say();
    made(scope, { sidecar: JobSidecar.native() });
    if (!first) say();
    return scope;
  }

  test.each([true, false])('is given by the settings of the mesh (made first: %p)', first => {
    const scope = judged({ proxy: { nativeSidecars: true } }, first);
    expect(jobOf(valid(Chart.of(scope))).template.metadata).toEqual({ labels: { app: 'report' } });
  });

  test.each<[string, MeshSettingsProps | undefined]>([
    ['there are none', undefined], ['they do not say', {}], ['they say the contrary', { proxy: { nativeSidecars: false } }],
  ])('is refused where %s', (_, settings) => {
    expect(messages(judged(settings, false))).toEqual([[
      'IM1701 at cluster/chart/shop/report: pods cannot request a native sidecar from Istio 1.23, and no mesh settings enable it.',
      '  got      Istio 1.23 on Kubernetes 1.29',
      '  allowed  Istio 1.24 or later on Kubernetes 1.29 or later',
      '  next     let istiod give them to all, new MeshSettings(…, { proxy: { nativeSidecars: true } }), or use JobSidecar.quit() or JobSidecar.none()',
    ].join('\n')]);
  });

  test('pods that can ask do so, whatever the settings say', () => {
    const scope = shop();
    new MeshSettings(scope.node.root, 'mesh', { proxy: { nativeSidecars: false } });
    expect(podOf(scope).metadata.annotations).toEqual({ [NATIVE]: 'true' });
  });
});

option('JobSidecar.quit', 'wraps the command, so that the proxy quits after it', () => {
  const pod = podOf(on(IstioRelease.V1_22, KubernetesRelease.V1_28), {
    sidecar: JobSidecar.quit(), ...deadline, containers: [{ ...containers[0], args: ['--all'] }],
  });
  expect(pod.metadata).toEqual({ labels: { app: 'report' } });
  expect(pod.spec.containers[0].command).toEqual(['/bin/sh', '-c', [
    'until http_proxy= no_proxy=127.0.0.1 curl -fs -o /dev/null http://127.0.0.1:15021/healthz/ready; do sleep 1; done',
    '"$@" & child=$!',
    'trap \'kill -TERM "$child"\' TERM INT',
    'wait "$child"; code=$?',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done',
    'http_proxy= no_proxy=127.0.0.1 curl -fs -o /dev/null -X POST http://127.0.0.1:15020/quitquitquit || echo \'the proxy was not told to quit\' >&2',
    'exit "$code"',
  ].join('\n'), '--']);
  expect(pod.spec.containers[0].args).toEqual(['report', '--all']);
});

const script = (client: QuitClient): string => podOf(shop(), { sidecar: JobSidecar.quit({ client }), ...deadline }).spec.containers[0].command[2];
const requests = (client: QuitClient) => script(client).split('\n').filter(line => line.includes('127.0.0.1')).map(line => line.split(' ||')[0]);

option('QuitOptions.client', 'is the program that tells the proxy to quit', () => {
  expect(requests(QuitClient.WGET)[1]).toBe('http_proxy= no_proxy=127.0.0.1 wget -q -O /dev/null --post-data= http://127.0.0.1:15020/quitquitquit');
  expect(script(QuitClient.CURL)).toBe(podOf(shop(), { sidecar: JobSidecar.quit(), ...deadline }).spec.containers[0].command[2]);
});

option('QuitClient.CURL', 'is curl', () => {
  expect(requests(QuitClient.CURL)).toEqual([
    'until http_proxy= no_proxy=127.0.0.1 curl -fs -o /dev/null http://127.0.0.1:15021/healthz/ready; do sleep 1; done',
    'http_proxy= no_proxy=127.0.0.1 curl -fs -o /dev/null -X POST http://127.0.0.1:15020/quitquitquit',
  ]);
});

option('QuitClient.WGET', 'is wget', () => {
  expect(requests(QuitClient.WGET)[0]).toBe('until http_proxy= no_proxy=127.0.0.1 wget -q -O /dev/null http://127.0.0.1:15021/healthz/ready; do sleep 1; done');
});

describe('the shell around a command', () => {
  let folder: string;
  const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').map(line => line.split(' ').pop()) : []);
  const env = () => ({ ...process.env, PATH: `${folder}:${process.env.PATH}` });
  const around = (...command: string[]) => ['-c', script(QuitClient.CURL), '--', ...command];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quit-'));
    writeFileSync(join(folder, 'curl'), `#!/bin/sh\necho "$@" >> ${folder}/calls\n`);
    chmodSync(join(folder, 'curl'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([0, 1, 64])('passes the exit code %d on, and the proxy quits', code => {
    expect(spawnSync('/bin/sh', around('/bin/sh', '-c', `exit ${code}`), { env: env() }).status).toBe(code);
    expect(calls()).toEqual(['http://127.0.0.1:15021/healthz/ready', 'http://127.0.0.1:15020/quitquitquit']);
  });

  test('passes arguments on as they are', () => {
    const odd = ['a b', '$HOME', '$(HOME)', '`id`', '\'"', '', 'two\nlines', '-e', '--', '*', '\\n', '$$'];
    expect(spawnSync('/bin/sh', around('printf', '%s|', ...odd), { env: env() }).stdout.toString()).toBe(odd.map(arg => `${arg}|`).join(''));
  });

  test('asks no proxy of HTTP that the variables name, and leaves them to the command', () => {
    writeFileSync(join(folder, 'curl'), `#!/bin/sh\necho "[$http_proxy][$no_proxy]" >> ${folder}/calls\n`);
    const proxied = { ...env(), http_proxy: 'http://proxy:3128', no_proxy: 'internal' };
    const { stdout } = spawnSync('/bin/sh', around('/bin/sh', '-c', 'echo "$http_proxy $no_proxy"'), { env: proxied });
    expect(stdout.toString()).toBe('http://proxy:3128 internal\n');
    expect(calls()).toEqual(['[][127.0.0.1]', '[][127.0.0.1]']);
  });

  test('fails without the command', () => {
    expect(spawnSync('/bin/sh', around('/no/such/command'), { env: env() }).status).toBe(127);
    expect(calls()).toHaveLength(2);
  });

  test('hands a signal on, waits for the end of what it runs, and the proxy quits after it', async () => {
    const child = spawn('/bin/sh', around('/bin/sh', '-c', `trap 'echo done >> ${folder}/calls; exit 7' TERM; echo up; while :; do sleep 0.1; done`), { env: env() });
    await new Promise(resolve => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect(await new Promise(resolve => child.once('exit', resolve))).toBe(7);
    expect(calls().slice(1)).toEqual(['done', 'http://127.0.0.1:15020/quitquitquit']);
  });
});

option('JobSidecar.quitByApplication', 'has the containers wait for the proxy, and leaves the rest to them', () => {
  const pod = podOf(shop(), { sidecar: JobSidecar.quitByApplication(), ...deadline });
  expect(pod.metadata).toEqual({ labels: { app: 'report' }, annotations: { 'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true' } });
  expect(pod.spec.containers[0].command).toEqual(['report']);
});

option('JobSidecar.none', 'refuses the sidecar, by label', () => {
  expect(podOf(shop(), { sidecar: JobSidecar.none() }).metadata).toEqual({ labels: { app: 'report', [INJECT]: 'false' } });
});

const plain = (at: string, callee: string, port: number) => [
  `IM1702 at ${at}: ${callee} accepts only mutual TLS on port ${port}, but the job has no sidecar.`,
  '  next     use JobSidecar.native() or JobSidecar.quit(), or give the reason why the call succeeds: JobSidecar.none({ despiteMutualTls: \'…\' })',
].join('\n');

option('NoSidecarOptions.despiteMutualTls', 'says why calls get through that would be refused', () => {
  const scope = shop();
  const reviews = service(scope);
  expect(refusal(() => made(scope, { sidecar: JobSidecar.none(), calls: [reviews] })).message).toBe(plain('chart/shop/report', 'reviews', 8080));
  const other = shop();
  const pod = podOf(other, { sidecar: JobSidecar.none({ despiteMutualTls: 'its mode is PERMISSIVE until the migration is done' }), calls: [service(other)] });
  expect(pod.metadata.annotations).toEqual({
    'kubernetes.io/description': 'Without a sidecar despite mutual TLS: its mode is PERMISSIVE until the migration is done',
  });
  expect(refusal(() => JobSidecar.none({ despiteMutualTls: ' ' })).message).toBe([
    'IM1702 at JobSidecar.none(): the reason is empty.', '  got      \' \'', '  next     give the reason why such calls succeed, or leave it out',
  ].join('\n'));
});

describe('a job without a sidecar that calls', () => {
  const lonely = (scope: MeshNamespace) => made(scope, { sidecar: JobSidecar.none() });
  const permissive = () => new MeshNamespace(new Chart(app(), 'chart'), 'shop', { mutualTls: MutualTls.PERMISSIVE });

  test.each<[string, () => MeshNamespace, object, boolean]>([
    ['a service of a STRICT namespace', shop, {}, true],
    ['a service that takes plain text in one', shop, { mutualTls: MutualTls.PERMISSIVE }, false],
    ['a port that takes plain text alone in one', shop, { ports: [MeshPort.http(8080, { mutualTls: MutualTls.DISABLE })] }, false],
    ['a UDP port in one', shop, { ports: [MeshPort.udp(8080)] }, false],
    ['a service of a PERMISSIVE namespace', permissive, {}, false],
    ['a STRICT service of one', permissive, { mutualTls: MutualTls.STRICT }, true],
    ['a UDP port of a STRICT service', permissive, { mutualTls: MutualTls.STRICT, ports: [MeshPort.udp(8080)] }, false],
    ['a STRICT port of one', permissive, { ports: [MeshPort.http(8080, { mutualTls: MutualTls.STRICT })] }, true],
  ])('%s', (_, namespace, props, refused) => {
    const scope = namespace();
    const reviews = service(scope, 'reviews', props);
    const call = () => lonely(scope).calls(reviews);
    if (refused) {
      expect(refusal(call).message).toBe(plain('chart/shop/report', 'reviews', 8080));
    } else {
      call();
      expect(messages(scope)).toEqual([]);
    }
  });

  test('one of its ports, and not another one that is STRICT', () => {
    const scope = permissive();
    const reviews = service(scope, 'reviews', { ports: [MeshPort.http(8080), MeshPort.grpc(9090, { mutualTls: MutualTls.STRICT })] });
    lonely(scope).calls(reviews, { port: 8080 });
    expect(messages(scope)).toEqual([]);
  });

  test('a service of a mesh with strict mutual TLS, at synthesis, in any order of construction', () => {
    const root = new Chart(app(), 'chart');
    const known = MeshNamespace.fromExisting(root, 'known');
    lonely(known).calls(service(known));
    expect(messages(root)).toEqual([]);
    new MeshMutualTls(new MeshNamespace(root, 'istio-system'), 'mutual-tls');
    expect(messages(root)).toEqual([plain('chart/known/report', 'reviews', 8080)]);
  });

  test('by the table, where the releases have no native sidecar', () => {
    const scope = on(IstioRelease.V1_23, KubernetesRelease.V1_34);
    const reviews = service(scope);
    expect(refusal(() => made(scope, { calls: [reviews] })).message).toBe(plain('cluster/chart/shop/report', 'reviews', 8080));
  });
});

describe('refused', () => {
  const tried = (props: Partial<MeshJobProps>, scope = shop()) => refusal(() => made(scope, props)).message;

  test('a proxy in a namespace that gives none', () => {
    const outside = () => new MeshNamespace(new Chart(app(), 'chart'), 'shop', { injection: SidecarInjection.disabled() });
    expect(tried({ sidecar: JobSidecar.native() }, outside())).toBe([
      'IM1705 at chart/shop/report: the pods of shop get no sidecar.', '  next     leave `sidecar` out, or enable injection for the namespace',
    ].join('\n'));
    expect(podOf(outside(), { sidecar: JobSidecar.none() }).metadata).toEqual({ labels: { app: 'report' } });
  });

  test.each<[string, Partial<MeshJobProps>]>([
    ['a label', { podLabels: { [INJECT]: 'false' } }], ['an annotation', { podAnnotations: { [INJECT]: 'false' } }],
  ])('%s that says what `sidecar` says', (_, props) => {
    expect(tried(props)).toBe([
      `IM1705 at chart/shop/report: \`sidecar\` sets ${INJECT}.`, '  got      \'false\'', '  next     remove it, and use JobSidecar',
    ].join('\n'));
  });

  test.each([JobSidecar.quit(), JobSidecar.quitByApplication()])('a proxy that gets a quit request, without a deadline', sidecar => {
    expect(tried({ sidecar })).toBe([
      'IM1703 at chart/shop/report: the proxy does not quit if its container is killed, so the job needs a deadline.',
      '  next     set `activeDeadline`',
    ].join('\n'));
  });

  test('one whose container is started again', () => {
    expect(tried({ sidecar: JobSidecar.quitByApplication(), ...deadline, restartPolicy: RestartPolicy.ON_FAILURE })).toBe([
      'IM1703 at chart/shop/report: a restarted container has no proxy and no network.',
      '  got      \'OnFailure\'',
      '  allowed  RestartPolicy.NEVER',
      '  next     leave `restartPolicy` out: the job then creates a new pod',
    ].join('\n'));
  });

  test('one that several containers would tell', () => {
    expect(tried({ sidecar: JobSidecar.quit(), ...deadline, containers: [...containers, { ...containers[0], name: 'side' }] })).toBe([
      'IM1703 at chart/shop/report: the proxy quits when the first container completes, but the job has several.',
      '  got      ["main","side"]',
      '  next     use JobSidecar.native(), or let the application quit the proxy: JobSidecar.quitByApplication()',
    ].join('\n'));
  });

  test('one around a command that is not known', () => {
    expect(tried({ sidecar: JobSidecar.quit(), ...deadline, containers: [{ image: 'example.com/report:1' }] })).toBe([
      'IM1703 at chart/shop/report: the container has no command, and the library does not know that of its image.',
      '  next     set `command` to that of the image',
    ].join('\n'));
  });
});

describe('a job that leaves the mesh', () => {
  const bank = (scope: MeshNamespace) => new EgressRoute(scope, 'bank', { host: 'bank.example.net', ports: [EgressPort.http(80)], callers: EgressCallers.declared() });

  test('is let out by its call', () => {
    const scope = shop();
    made(scope, { calls: [bank(scope)] });
    expect(messages(scope)).toEqual([]);
  });

  test('is not let out without a sidecar: nothing of the route would hold', () => {
    const scope = shop();
    expect(refusal(() => made(scope, { sidecar: JobSidecar.none(), calls: [bank(scope)] })).code).toBe('IM1510');
  });
});
