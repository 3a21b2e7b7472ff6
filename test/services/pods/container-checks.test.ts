import { Chart, Duration } from 'cdk8s';
import { ContainerProps } from 'cdk8s-plus-28';
import { app, messages, refusal, service } from '../../helpers/build';
import { JobSidecar, MeshJob, MeshNamespace, MeshPort, MeshVersion, PodOptions, SidecarInjection, StatefulMeshService } from 'cdk8s-istio';

const image = 'example.com/app:1';
const shop = (injection = SidecarInjection.enabled()) => new MeshNamespace(new Chart(app(), 'chart'), 'shop', { injection });

/** Whatever makes pods of options. */
const MADE: [string, (scope: MeshNamespace, options: PodOptions) => unknown][] = [
  ['a version', (scope, options) => service(scope, 'pods', { versions: { v1: MeshVersion.of(options) } })],
  ['a stateful service', (scope, options) => new StatefulMeshService(scope, 'pods', { ports: [MeshPort.tcp(5432)], replicas: 1, ...options })],
  ['a job', (scope, options) => new MeshJob(scope, 'pods', options)],
];

describe.each(MADE)('%s', (made, make) => {
  const tried = (options: PodOptions) => refusal(() => make(shop(), options)).message;

  test.each<[string, object, string]>([
    ['a command that is a text', { command: '/app/run --all' }, 'containers[0].command is of the wrong type.\n  got      \'/app/run --all\'\n  allowed  a list'],
    ['arguments that are numbers', { command: ['a'], args: [1] }, 'containers[0].args[0] is of the wrong type.\n  got      1\n  allowed  a string'],
    ['a list with holes', { command: Array(1) }, 'containers[0].command[0] is missing.'],
  ])('%s', (__, props, message) => {
    const at = `IM0001 at ${made === 'a version' ? 'MeshVersion.of()' : 'chart/shop/pods'}: `;
    expect(tried({ containers: [{ image, ...props }] })).toContain(`${at}${message}`);
    expect(tried({ containers: [{ image }], initContainers: [{ image, ...props }] })).toContain(`${at}${message.replace('containers', 'initContainers')}`);
  });

  test.each(['istio-init', 'istio-proxy', 'istio-validation'])('a container %s beside a sidecar', name => {
    const message = `the injection adds a container ${name}, and would merge the two.\n  got      '${name}'\n  next     give the container another name`;
    expect(tried({ containers: [{ name, image }] })).toContain(message);
    expect(tried({ containers: [{ image }], initContainers: [{ name, image }] })).toMatch(/^IM1106 at chart\/shop\/pods/);
  });

  test.each<[string, PodOptions]>([
    ['the pod', { containers: [{ image }], securityContext: { user: 1337 } }],
    ['the group of the pod', { containers: [{ image }], securityContext: { group: 1337 } }],
    ['a container', { containers: [{ image, securityContext: { user: 1337 } }] }],
    ['an init container', { containers: [{ image }], initContainers: [{ image, securityContext: { group: 1337 } }] }],
  ])('the user of the sidecar, of %s', (__, options) => {
    expect(tried(options)).toContain([
      ': the user and group 1337 belong to sidecars: traffic of such containers bypasses the sidecar.',
      '  got      1337',
      '  allowed  any but 1337',
      '  next     run the containers as another user',
    ].join('\n'));
    expect(tried(options)).toMatch(/^IM1115 at chart\/shop\/pods/);
  });

  test('all of that where there is no sidecar, and settings of the sidecar itself', () => {
    const outside = shop(SidecarInjection.disabled());
    make(outside, { containers: [{ name: 'istio-proxy', image }], securityContext: { user: 1337 } });
    const proxy: ContainerProps = { name: 'istio-proxy', image: 'auto', command: [] };
    const inside = shop();
    make(inside, { containers: [{ image, ports: [{ number: 8080 }, { number: 5432 }] }, proxy], terminationGracePeriod: Duration.seconds(5) });
    expect([outside, inside].flatMap(messages)).toEqual([]);
  });
});

test('a command that is a text is not taken to pieces by the shell around it', () => {
  const containers = [{ image, command: 'run' as never }];
  const sidecar = JobSidecar.quit();
  expect(refusal(() => new MeshJob(shop(), 'job', { containers, sidecar, activeDeadline: Duration.hours(1) })).code).toBe('IM0001');
});
