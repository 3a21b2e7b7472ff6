import { cdk8s, javascript, ProjenrcFile } from 'projen';
import { JEST_PROJECTS } from './projenrc/jest';
import { houseRules } from './projenrc/lint';
import { tasks } from './projenrc/tasks';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-istio',
  description: 'Constructs for Istio: declare services and their calls, and get manifests that a real mesh accepts',
  keywords: ['cdk8s', 'istio', 'kubernetes', 'service-mesh', 'constructs', 'jsii'],
  author: 'The cdk8s-istio authors',
  authorAddress: 'authors@cdk8s-istio.example',
  repositoryUrl: 'https://cdk8s-istio.example/cdk8s-istio.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk8s-istio authors',
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  projenVersion: '0.103.25',

  cdk8sVersion: '2.70.0',
  constructsVersion: '10.4.2',
  peerDeps: ['cdk8s-plus-28@^2.5.6'],
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',
  minNodeVersion: '20.0.0',
  devDeps: [
    // Parts of the package, see projenrc/bundle.ts: RE2 is Istio's syntax of patterns, YAML that of one annotation.
    'ipaddr.js@^2.2.0', 're2js@^2.10.0', 'yaml@^2.8.0',
    'ajv@^8', 'ajv-formats@^3', 'cdk8s-cli@2.207.60', 'esbuild@^0.28.2', 'fast-check@^4', 'jest-environment-node@^30.5.2', 'tinybench@^6', 'tsx@^4',
  ],

  // The build is `.ci/run`; this repository is bound to no host.
  packageManager: javascript.NodePackageManager.NPM,
  github: false,
  release: false,
  buildWorkflow: false,
  depsUpgrade: false,
  autoDetectBin: false,
  sampleCode: false,
  docgen: false, // `npm run docgen` is a task of our own, see projenrc/tasks.ts
  projenrcTs: false, // run by tsx under tsconfig.dev.json, without a third tsconfig
  projenrcJs: false,

  // A top-level `imports/` beside `src/` makes the project's root the compiler's root.
  entrypoint: 'lib/src/index.js',
  tsconfig: {
    compilerOptions: { rootDir: '.', outDir: 'lib' },
    include: ['imports/**/*.ts'],
  },
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['.projenrc.ts'], // added to projen's '**/*.ts', which leaves out dot files
    exclude: ['lib'],
    // Examples and tests import the package by the name that its users write.
    compilerOptions: { paths: { 'cdk8s-istio': ['./src/index.ts'] } },
  },

  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      collectCoverage: false,
      projects: JEST_PROJECTS,
      maxWorkers: '100%',
      testTimeout: 30_000, // a busy machine is no failure
    },
  },

  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'examples', 'projenrc', 'bench'],
    tsconfigPath: './tsconfig.dev.json',
    projectService: false,
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] },
    ignorePatterns: ['*.js', '*.d.ts', '!.projenrc.ts', 'node_modules/', 'imports/', 'lib/'],
  },

  npmIgnoreOptions: { ignorePatterns: ['*'] },
});

project.package.addField('types', 'lib/src/index.d.ts');

// Lock file and packages must not remember where they were downloaded from.
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

// Makes the headers of generated files name the file to edit.
new (class extends ProjenrcFile {
  readonly filePath = '.projenrc.ts';
})(project);

// 1.13.0 is published without most of its platform packages, and `npm ci` refuses a lock file that lacks them.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

project.gitignore.exclude('/reports/', '/conformance/.cache/', '/conformance/reports/');
const generated = ['/API.md', '/docs/api/**', '/docs/istio-fields.md', '/imports/**', '/src/diagnostics/shapes.ts', '/src/diagnostics/cdk8s-shapes.ts'];
generated.forEach(path => project.annotateGenerated(path));
project.npmignore!.include('/lib/vendor/LICENSES');

project.eslint!.allowDevDeps('**/.projenrc.ts');
['cidr', 'setting-map', 'string-match'].forEach(file => project.eslint!.allowDevDeps(`src/values/${file}.ts`));
houseRules(project.eslint!);
tasks(project);

project.synth();
