/**
 * The floors of the house: which folder may import which, and which packages.
 *
 * One table, two readers: `.projenrc.ts` turns it into ESLint rules, and `test/architecture.test.ts`
 * proves that those rules bite and that every folder of `src` stands on a floor.
 *
 * An entry is for the files of one folder and not for the folders below it: each of these has an entry of its own.
 */
export interface Floor {
  /** A folder, from the project's root. */
  readonly folder: string;
  /**
   * Folders it may import besides itself, with all folders below them. A folder above this one stands for its own files alone.
   */
  readonly folders: readonly string[];
  /** Packages it may import. All others are refused, Node's own modules too. */
  readonly packages: readonly string[];
  /** Names it may take from a package; without an entry, every name of an allowed package. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

const KERNEL = ['src/diagnostics', 'src/values'];
const HOSTS = [...KERNEL, 'src/synthesis', 'src/kernel', 'imports'];
const SERVICES = [...HOSTS, 'src/hosts'];
const ABOVE = [...SERVICES, 'src/services'];

/** What services, jobs and stateful services are made of. */
const SERVICE_PARTS = ['namespaces', 'workloads', 'calls', 'pods'].map(name => `src/services/${name}`);

const CDK8S = ['cdk8s', 'constructs'];
const WITH_PLUS = [...CDK8S, 'cdk8s-plus-28'];

export const FLOORS: readonly Floor[] = [
  { folder: 'src/diagnostics', folders: [], packages: [] },
  { folder: 'src/values', folders: ['src/diagnostics'], packages: ['cdk8s', 'ipaddr.js', 're2js', 'yaml'], names: { cdk8s: ['Duration', 'Size'] } },
  { folder: 'imports', folders: [], packages: CDK8S },
  { folder: 'src/synthesis', folders: KERNEL, packages: [...CDK8S, 'fs', 'path'], names: { fs: ['mkdirSync', 'writeFileSync'], path: ['join'] } },
  { folder: 'src/kernel', folders: [...KERNEL, 'src/synthesis'], packages: [...CDK8S, 'crypto', 'fs', 'path'], names: { crypto: ['createHash'], fs: ['mkdirSync', 'writeFileSync'], path: ['dirname', 'join'] } },

  ...floors('src/hosts', HOSTS, CDK8S, {
    'http': [],
    'model': ['src/hosts/http'],
    'policy': ['src/hosts/model'],
    'routes': ['src/hosts/http', 'src/hosts/model'],
    '': ['src/hosts/http', 'src/hosts/model', 'src/hosts/policy', 'src/hosts/routes'],
  }),
  ...floors('src/services', SERVICES, WITH_PLUS, {
    'namespaces': [],
    'workloads': [],
    'calls': ['src/services/workloads'],
    'pods': ['src/services/namespaces', 'src/services/workloads', 'src/services/calls'],
    '': SERVICE_PARTS,
    'jobs': ['src/services', ...SERVICE_PARTS],
    'stateful': ['src/services', ...SERVICE_PARTS],
  }),

  // Rooms on the top floor that never meet but in interfaces of the services floor.
  ...floors('src/traffic', ABOVE, WITH_PLUS, {
    servers: [],
    workloads: ['src/traffic/servers'],
    listeners: ['src/traffic/servers', 'src/traffic/workloads'],
    routes: ['src/traffic/servers', 'src/traffic/listeners'],
    gateways: ['src/traffic/servers', 'src/traffic/workloads', 'src/traffic/listeners', 'src/traffic/routes'],
    egress: ['src/traffic/servers', 'src/traffic/workloads', 'src/traffic/listeners', 'src/traffic/routes', 'src/traffic/gateways'],
    splits: ['src/traffic/routes'],
    resilience: ['src/traffic/splits'],
  }),
  { folder: 'src/security', folders: ABOVE, packages: WITH_PLUS },
  // Objects that no construct wrote. Only the check of the cluster uses it.
  { folder: 'src/raw', folders: ABOVE, packages: CDK8S },
  // The mesh as a whole: its settings and its installation.
  { folder: 'src/mesh', folders: ABOVE, packages: WITH_PLUS },
];

/** The folders of one floor: what all of them may import, and by the name of each what else. `''` is the floor's own folder. */
function floors(
  folder: string, shared: readonly string[], packages: readonly string[], inside: Readonly<Record<string, readonly string[]>>,
): Floor[] {
  return Object.entries(inside).map(([name, more]) => ({
    folder: name === '' ? folder : `${folder}/${name}`, folders: [...shared, ...more], packages,
  }));
}

/** Whether one folder of the table may import files of another. */
export function mayImport(one: Floor, other: Floor): boolean {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}/`);
  return one.folder === other.folder
    || one.folders.some(named => named === other.folder || (within(other.folder, named) && !within(one.folder, named)));
}
