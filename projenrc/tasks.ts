import { cdk8s } from 'projen';

const TSX = 'tsx --tsconfig tsconfig.dev.json';

/** The commands of the project: `npm run <task>`. */
export function tasks(project: cdk8s.ConstructLibraryCdk8s): void {
  project.defaultTask!.reset(`${TSX} .projenrc.ts`);

  // jsii's packaging for other languages and its release comparison need a release first.
  // In this order, since a task that others spawn cannot be removed.
  for (const task of ['build', 'package', 'package-all', 'package:js', 'compat', 'eject']) project.removeTask(task);
  for (const dep of ['jsii-diff', 'jsii-pacmak', 'jsii-rosetta']) project.deps.removeDependency(dep);

  // jsii leaves the output of a source that is gone, and it would travel in the tarball.
  project.compileTask.prependExec('node -e "for (const path of [\'lib\', \'.jsii\']) fs.rmSync(path, { recursive: true, force: true })"');

  // One file loads in half of the time of 180.
  project.compileTask.exec(`${TSX} projenrc/bundle.ts`);

  // Node 20 is the oldest that our users may have, and jsii's banner about its age helps none of them.
  project.compileTask.env('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

  const add = (name: string, description: string, exec: string) =>
    project.addTask(name, { description, exec, receiveArgs: true });

  add('typecheck', 'Check the types of everything: library, tests, examples, tools', 'tsc --noEmit -p tsconfig.dev.json');
  add('jest', 'Run the tests (snapshots are never written)', 'jest --ci');
  add('test:unit', 'Run the tests without those that read the compiled library', 'jest --selectProjects unit --ci');
  add('test:property', 'Run the property tests (compiles the library where a source is newer)', 'jest --selectProjects property --ci');
  add('shapes', 'Write the table of public structs that errors are made from (npm run compile first)', `${TSX} projenrc/shapes.ts`);
  add('shapes:check', 'Fail when that table differs from the compiled library', `${TSX} projenrc/shapes.ts --check`);
  add('options', 'Fail when an option has no test (npm run compile first; -- --write FILE writes the table)', `${TSX} projenrc/options.ts`);
  add('fields', 'Write docs/istio-fields.md, every field of Istio beside its option (npm run compile first)', `${TSX} projenrc/fields.ts`);
  add('fields:check', 'Fail when a field has neither a test nor a reason, or when that table differs', `${TSX} projenrc/fields.ts --check`);
  add('docgen', 'Write API.md and docs/api/ from the compiled library (npm run compile first)', `${TSX} projenrc/docgen.ts`);
  add('docgen:check', 'Fail when a page of the API differs from the compiled library', `${TSX} projenrc/docgen.ts --check`);
  add('test:pack', 'Install the packed tarball into empty apps and synthesize them', `${TSX} test/pack/run.ts`);
  add('synth', 'Write the manifests of every example', `${TSX} examples/synth.ts`);
  add('import-crds', 'Fetch the pinned CRDs, trim them, generate imports/ (--offline: from the trimmed CRDs)', `${TSX} projenrc/import-crds.ts`);

  add('same-bytes', 'Print documents with cdk8s and with the library, and compare the bytes (-- --random N, or -- DIR FILE...)', `${TSX} bench/same-bytes.ts`);
  add('bench', 'Measure the compiled library beside its alternatives, and compare with bench/baseline.json (-- --update writes it)', `${TSX} --expose-gc bench/run.ts`);

  // These need Linux, root, Go and Python. They name what is missing.
  add('conformance', 'Judge the examples by the API server, istioctl, istiod and Envoy (-- EXAMPLE..., or --manifests DIR --requests FILE)', 'conformance/run.sh');
  add('conformance:samples', 'Judge the folders of hand-written manifests beside the harness', 'conformance/run.sh samples');
  add('conformance:mutants', 'Show that conformance can fail: every mutation of an example is caught', 'conformance/run.sh mutants');

  const lint = project.eslint!.eslintTask;
  project.addTask('lint', { description: 'Run ESLint (-- --fix mends what it can)', steps: [{ spawn: lint.name, receiveArgs: true }] });

  project.testTask.reset(`${TSX} projenrc/test-all.ts`);

  project.tasks.tryFind('test:update')!.reset('jest --updateSnapshot', { receiveArgs: true });
  project.postCompileTask.reset();
}
