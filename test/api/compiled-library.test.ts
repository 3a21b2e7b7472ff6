import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as sources from 'cdk8s-istio';

const ROOT = join(__dirname, '..', '..');

/** What a program prints that loads the compiled library as `lib` in a new process. */
function run(program: string, ...options: string[]): unknown {
  const load = options.length > 0 ? '' : 'const lib = require("."); const loaded = () => Object.keys(require.cache);';
  return JSON.parse(execFileSync(process.execPath, [...options, '-e', `${load} ${program}`], { cwd: ROOT, encoding: 'utf8' }));
}

/** The files of this package among some. */
const own = (files: unknown) => (files as string[]).map(file => relative(ROOT, file)).filter(file => file.startsWith('lib')).sort();

test('the exports are those of the sources, and each is the same at every access', () => {
  expect(run('console.log(JSON.stringify(Object.keys(lib).sort()))')).toEqual(Object.keys(sources).sort());
  expect(run('console.log(JSON.stringify(Object.keys(lib).filter(name => lib[name] === undefined || lib[name] !== require(".")[name])))')).toEqual([]);
});

test('classes have their names and the mark of jsii', () => {
  const classes = 'Object.keys(lib).filter(name => /^class/.test(String(lib[name])))';
  expect(run(`console.log(JSON.stringify(${classes}.filter(name => lib[name].name !== name)))`)).toEqual([]);
  expect(run(`console.log(JSON.stringify(${classes}.filter(name => lib[name][Symbol.for('jsii.rtti')]?.fqn !== 'cdk8s-istio.' + name)))`)).toEqual(['MeshError']);
});

test('the library loads on the first use of an export, in one file', () => {
  expect(own(run('console.log(JSON.stringify(loaded()))'))).toEqual(['lib/src/index.js']);
  expect(own(run('lib.MeshService; console.log(JSON.stringify(loaded()))'))).toEqual(['lib/src/index.js', 'lib/src/library.js', 'lib/vendor/ipaddr.js']);
});

test('RE2 loads with the first pattern', () => {
  expect(own(run('lib.StringMatch.exact("a"); console.log(JSON.stringify(loaded()))'))).not.toContain('lib/vendor/re2js.js');
  expect(own(run('lib.StringMatch.regex("a+"); console.log(JSON.stringify(loaded()))'))).toContain('lib/vendor/re2js.js');
});

test('modules of JavaScript import the exports by name', () => {
  const program = 'import { MeshError, MeshPort, networking } from "./lib/src/index.js"; console.log(JSON.stringify([MeshError, MeshPort, networking.Gateway].map(type => type.name)))';
  expect(run(program, '--input-type=module')).toEqual(['MeshError', 'MeshPort', 'Gateway']);
});

test('the namespaces of L1 classes have files, with the same classes', () => {
  const names = ['certmanager', 'extensions', 'networking', 'security', 'telemetry'];
  const files = ['cert-manager.io', 'extensions.istio.io', 'networking.istio.io', 'security.istio.io', 'telemetry.istio.io'];
  expect(run(`console.log(JSON.stringify(${JSON.stringify(files)}.map((file, i) => require('./lib/imports/' + file) === lib[${JSON.stringify(names)}[i]])))`)).toEqual(files.map(() => true));
});

test('objects without a construct are checked, whichever class is used first', () => {
  const program = `
    const { ApiObject, App, Chart } = require('cdk8s');
    const chart = new Chart(new App(), 'shop');
    const ns = new lib.MeshNamespace(chart, 'shop');
    new lib.MeshService(ns, 'cart', { ports: [lib.MeshPort.http(8080)], versions: { v1: lib.MeshVersion.of({ containers: [{ image: 'cart:1' }] }) } });
    const metadata = { name: 'mine', namespace: 'shop' };
    new ApiObject(chart, 'raw', { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec: { host: 'cart.shop.svc.cluster.local' } });
    console.log(JSON.stringify(chart.node.root.node.findAll().flatMap(each => each.node.validate()).map(problem => problem.split(' ')[0])));`;
  expect(run(program)).toEqual(['IM1018']);
});

test('a cleared registry of modules between load and use does not mix copies of cdk8s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cleared-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'app.test.js'), `
      const { App, Chart } = require('cdk8s');
      const lib = require(${JSON.stringify(ROOT)});
      test('an App', () => {
        const app = new App();
        const ns = new lib.MeshNamespace(new Chart(app, 'shop'), 'shop');
        new lib.MeshService(ns, 'cart', { ports: [lib.MeshPort.http(8080)], versions: { v1: lib.MeshVersion.of({ containers: [{ image: 'cart:1' }] }) } });
        expect(app.synthYaml()).toContain('kind: Deployment');
      });`);
    const config = JSON.stringify({ rootDir: folder, resetModules: true, transform: {}, watchman: false });
    execFileSync(process.execPath, [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', config], { cwd: folder, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
