import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Taken } from '../measure';
import { Figure, Group, Places } from './group';

/** The command of `cdk8s.yaml`, by name. */
const COMMANDS = { 'tsx': 'tsx main.ts', 'npx tsx': 'npx tsx main.ts', 'ts-node': 'ts-node main.ts', 'npx ts-node': 'npx ts-node main.ts' };
/** The files of an App of `cdk8s init typescript-app`. */
const TEMPLATE = join('node_modules', 'cdk8s-cli', 'templates', 'typescript-app');

const synth = (command: keyof typeof COMMANDS): Figure => ({ work: `cdk8s synth, app: ${COMMANDS[command]}`, figure: 'wall' });

/** One test of a user, of each library. */
const TESTS = {
  'cdk8s-istio': `
import { Chart, Testing } from 'cdk8s';
import { MeshNamespace, MeshPort, MeshService, MeshVersion } from 'cdk8s-istio';

test('the service has a policy', () => {
  const chart = new Chart(Testing.app(), 'shop');
  const versions = { v1: MeshVersion.of({ containers: [{ image: 'shop/cart:1' }] }) };
  new MeshService(new MeshNamespace(chart, 'shop'), 'cart', { ports: [MeshPort.http(8080)], versions });
  expect(Testing.synth(chart).map(object => object.kind)).toContain('DestinationRule');
});
`,
  'cdk8s-plus-28': `
import { Chart, Testing } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-28';

test('the deployment has a service', () => {
  const chart = new Chart(Testing.app(), 'shop');
  new Deployment(chart, 'cart', { containers: [{ image: 'shop/cart:1', portNumber: 8080 }] }).exposeViaService();
  expect(Testing.synth(chart).map(object => object.kind)).toContain('Service');
});
`,
};
const test = (name: keyof typeof TESTS): Figure => ({ work: `jest with one test of ${name}`, figure: 'wall' });

/** What a user waits for after each change, in an App as `cdk8s init typescript-app` makes it. */
export const APP: Group = {
  name: 'app',
  rounds: 5,
  rows: [
    { name: 'cdk8s synth of bookinfo by npx ts-node, beside tsx', of: synth('npx ts-node'), to: synth('tsx') },
    { name: 'cdk8s synth of bookinfo by ts-node, beside tsx', of: synth('ts-node'), to: synth('tsx') },
    { name: 'cdk8s synth of bookinfo by npx tsx, beside tsx', of: synth('npx tsx'), to: synth('tsx') },
    { name: 'jest with one test of the library, beside one of cdk8s-plus-28', of: test('cdk8s-istio'), to: test('cdk8s-plus-28') },
  ],
  works: places => [
    ...Object.entries(COMMANDS).map(([name, command]) => ({
      name: synth(name as keyof typeof COMMANDS).work,
      writes: 'bookinfo',
      take: () => synthesized(app(places), command),
    })),
    ...Object.entries(TESTS).map(([name, text]) => ({
      name: test(name as keyof typeof TESTS).work,
      take: () => tested(app(places), name, text),
    })),
  ],
};

function synthesized(folder: string, command: string): Taken {
  writeFileSync(join(folder, 'cdk8s.yaml'), `language: typescript\napp: ${command}\n`);
  const dist = join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  return { figures: { wall: timed(folder, 'cdk8s', 'synth') }, text: () => readFileSync(join(dist, 'bookinfo.k8s.yaml'), 'utf8') };
}

/** Runs a test that has changed since the last run. */
function tested(folder: string, name: string, text: string): Taken {
  writeFileSync(join(folder, `${name}.test.ts`), `${text}// ${performance.now()}\n`);
  return { figures: { wall: timed(folder, 'jest', `${name}.test.ts`) } };
}

function timed(folder: string, command: string, ...args: string[]): number {
  const bin = join(folder, 'node_modules', '.bin');
  const start = performance.now();
  execFileSync(join(bin, command), args, { cwd: folder, stdio: 'pipe', env: environment(bin) });
  return performance.now() - start;
}

/** The environment of a user's shell: without what npm and tsx set for this process. The CLI does not look for a new release of itself. */
function environment(bin: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|TSX_|NODE_)/i.test(name));
  return { ...Object.fromEntries(own), PATH: `${bin}:${process.env.PATH}`, CDK8S_CHECK_UPGRADE: 'false' };
}

/** An App with the files of cdk8s' template, the packed library and the example bookinfo. */
function app({ scratch, library }: Places): string {
  const folder = join(scratch, 'app');
  if (!existsSync(folder)) {
    mkdirSync(folder);
    const npm = (cwd: string, ...args: string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const [{ filename }] = JSON.parse(npm(library, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', version: '0.0.0', private: true }));
    npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', filename, ...packages(library));
    ['tsconfig.json', 'jest.config.js'].forEach(file => copyFileSync(join(library, TEMPLATE, file), join(folder, file)));
    const example = readFileSync(join(library, 'examples', 'bookinfo', 'main.ts'), 'utf8');
    // `cdk8s synth` sets the folder.
    writeFileSync(join(folder, 'main.ts'), example.replace("import { join } from 'path';\n", '').replace(/App\(\{ outdir.*\)/, 'App()'));
  }
  return folder;
}

/** The packages of the template, as this repository uses them. */
function packages(library: string): string[] {
  const { devDependencies } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8'));
  const pinned = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'cdk8s-cli', '@types/jest', '@types/node', 'jest', 'ts-jest', 'tsx', 'typescript'];
  return [...pinned.map(name => `${name}@${devDependencies[name]}`), 'ts-node@^10'];
}
