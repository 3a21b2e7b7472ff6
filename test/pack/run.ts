/**
 * Proves the package as its users get it: `npm pack`, install the tarball into an empty cdk8s app, compile
 * and run a TypeScript app and two apps in plain JavaScript, and look at the YAML. Nothing of the source tree is
 * reachable from there. Run it by `npm run test:pack`, after `npm run compile`.
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { validateIstioObject } from '../helpers/istio-schema';

const ROOT = join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What a tarball may hold; and the parts of it that must be there. */
const ALLOWED = /^(package\.json|README\.md|LICENSE|\.jsii|lib\/src\/(index|library)\.js|lib\/imports\/[\w.-]+\.js|lib\/(src|imports)\/.*\.d\.ts|lib\/vendor\/(LICENSES|[\w.]+\.js))$/;
const REQUIRED = [
  '.jsii', 'LICENSE', 'README.md', 'lib/imports/networking.istio.io.js', 'lib/src/index.d.ts', 'lib/src/index.js', 'lib/src/library.js', 'lib/vendor/LICENSES', 'package.json',
];
/** The most bytes of a tarball. */
const MOST = 700_000;

/** A user's settings: strict, and no `skipLibCheck`, so that our declarations are checked too. */
const TSCONFIG = { compilerOptions: { strict: true, target: 'es2022', module: 'node16', types: [] }, files: ['app.ts'] };

const scratch = mkdtempSync(join(tmpdir(), 'pack-'));
try {
  const [packed] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch));
  const files: string[] = packed.files.map((file: { path: string }) => file.path);
  assert.deepEqual(files.filter(file => !ALLOWED.test(file)), [], 'the tarball holds files that are no part of the package');
  assert.deepEqual(REQUIRED.filter(file => !files.includes(file)), [], 'the tarball lacks files');
  assert.ok(packed.size <= MOST, `the tarball has ${packed.size} bytes, of at most ${MOST}`);
  console.log(`${packed.filename}: ${files.length} files, ${kib(packed.size)} packed, ${kib(packed.unpackedSize)} unpacked`);

  // The peers in the lowest versions we allow, which are also those in the lock file and so in npm's cache.
  const app = join(scratch, 'app');
  mkdirSync(app);
  const pinned = (name: string) => `${name}@${manifest.devDependencies[name]}`;
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '0.0.0', private: true }));
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  run(app, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error',
    join(scratch, packed.filename), ...Object.keys(manifest.peerDependencies).map(pinned));

  for (const source of ['app.ts', 'app.js', 'app.mjs']) {
    copyFileSync(join(__dirname, source), join(app, source));
    // Our compiler, but it sees only the app's own node_modules.
    if (source.endsWith('.ts')) run(app, process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'));
    run(app, process.execPath, source.replace(/ts$/, 'js'));
    check(join(app, 'dist'), source);
    rmSync(join(app, 'dist'), { recursive: true });
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}`);
  return stdout;
}

function check(dist: string, source: string): void {
  const objects = readdirSync(dist).sort()
    .flatMap(file => parseAllDocuments(readFileSync(join(dist, file), 'utf8')).map(doc => doc.toJS()));
  assert.deepEqual(objects.map(obj => [obj.kind, obj.metadata.namespace, obj.metadata.name].filter(part => part).join(' ')), [
    'Namespace bookinfo',
    'ServiceAccount bookinfo reviews',
    'Service bookinfo reviews',
    'Deployment bookinfo reviews-v1',
    'Deployment bookinfo reviews-v2',
    'DestinationRule bookinfo reviews',
    'VirtualService bookinfo reviews',
    'PeerAuthentication bookinfo default',
    'Sidecar bookinfo default',
  ]);
  const wrong = objects.filter(obj => /istio\.io/.test(obj.apiVersion)).flatMap(validateIstioObject);
  assert.deepEqual(wrong, []);
  console.log(`${source}: ${objects.length} objects synthesized from the tarball`);
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
