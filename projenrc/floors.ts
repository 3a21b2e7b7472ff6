/**
 * The floors of the house: which folder may import which, and which packages.
 *
 * One table, two readers: `.projenrc.ts` turns it into ESLint rules, and `test/architecture.test.ts`
 * proves that those rules bite and that every folder of `src` stands on a floor.
 */
export interface Floor {
  /** A folder, from the project's root. */
  readonly folder: string;
  /** Folders it may import besides itself. */
  readonly folders: readonly string[];
  /** Packages it may import. Whatever is not named is refused, Node's own modules too. */
  readonly packages: readonly string[];
  /** Names it may take from a package; without an entry, every name of an allowed package. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

const KERNEL = ['src/diagnostics', 'src/values'];
const HOSTS = [...KERNEL, 'src/kernel', 'imports'];
const SERVICES = [...HOSTS, 'src/hosts'];
const ABOVE = [...SERVICES, 'src/services'];

const CDK8S = ['cdk8s', 'constructs'];
const WITH_PLUS = [...CDK8S, 'cdk8s-plus-28'];

export const FLOORS: readonly Floor[] = [
  { folder: 'src/diagnostics', folders: [], packages: [] },
  { folder: 'src/values', folders: ['src/diagnostics'], packages: ['cdk8s', 'ipaddr.js', 're2js', 'yaml'], names: { cdk8s: ['Duration', 'Size'] } },
  { folder: 'imports', folders: [], packages: CDK8S },
  { folder: 'src/kernel', folders: KERNEL, packages: [...CDK8S, 'crypto', 'fs', 'path'], names: { crypto: ['createHash'], fs: ['mkdirSync'], path: ['dirname', 'join'] } },
  { folder: 'src/hosts', folders: HOSTS, packages: CDK8S },
  { folder: 'src/services', folders: SERVICES, packages: WITH_PLUS },
  // Rooms on the top floor that never meet but in interfaces of the services floor.
  { folder: 'src/traffic', folders: ABOVE, packages: WITH_PLUS },
  { folder: 'src/security', folders: ABOVE, packages: WITH_PLUS },
  // Objects that no construct wrote. Only the check of the cluster uses it.
  { folder: 'src/raw', folders: ABOVE, packages: CDK8S },
  // The mesh as a whole: its settings and its installation.
  { folder: 'src/mesh', folders: ABOVE, packages: WITH_PLUS },
];
