import { javascript } from 'projen';
import { FLOORS, Floor, mayImport } from './floors';

/** The most files and packages that a source file written by hand imports. */
export const MOST_IMPORTS = 20;

/** Generated files, and the table of contents. */
const NOT_WRITTEN_BY_HAND = ['src/index.ts', 'src/diagnostics/shapes.ts', 'src/diagnostics/cdk8s-shapes.ts', 'src/mesh/mesh-config-fields.ts'];

/** Turns the floors, and what else a machine can hold of the house style, into ESLint rules. */
export function houseRules(eslint: javascript.Eslint): void {
  eslint.addRules({
    'import/no-cycle': ['error', { maxDepth: '∞' }],
    'import/no-restricted-paths': ['error', { zones: FLOORS.map(zone) }],
  });

  eslint.addOverride({
    files: ['src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 400 }],
      'import/max-dependencies': ['error', { max: MOST_IMPORTS }],
      // Same input, same bytes: nothing in the library may look at the machine it runs on.
      'no-restricted-globals': ['error', ...['process', 'Date', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval']
        .map(name => ({ name, message: 'Synthesis is a function of its input: no clock, environment, chance or network.' }))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Synthesis is a function of its input.' }],
      // import/no-cycle does not look at type imports, and a cycle of types is a cycle too.
      'no-restricted-syntax': ['error', {
        selector: 'ImportDeclaration[importKind="type"], ImportSpecifier[importKind="type"]',
        message: 'Import types like anything else, so that import/no-cycle sees them.',
      }],
    } as Record<string, unknown>,
  });

  eslint.addOverride({
    files: NOT_WRITTEN_BY_HAND,
    rules: { 'import/max-dependencies': 'off' } as Record<string, unknown>,
  });

  for (const floor of FLOORS.filter(f => f.folder.startsWith('src/'))) {
    eslint.addOverride({
      files: [`${floor.folder}/*.ts`],
      rules: { 'no-restricted-imports': ['error', importRule(floor)] },
    });
  }
}

/** All other folders of the table are closed to a folder, but for those that its floor names. */
function zone(floor: Floor): object {
  const files = (folder: string) => `./${folder}/*.ts`;
  const closed = FLOORS.filter(other => !mayImport(floor, other)).map(({ folder }) => files(folder));
  return {
    target: files(floor.folder),
    from: [...closed, files('src'), ...['test', 'examples', 'projenrc', 'bench'].map(folder => `./${folder}/**`)],
    message: `${floor.folder} may import ${floor.folders.join(', ') || 'nothing'} (projenrc/floors.ts).`,
  };
}

function importRule(floor: Floor): object {
  const allowed = floor.packages.map(name => `(?!${name}$)`).join('');
  const name = floor.folder.split('/').pop();
  return {
    paths: Object.entries(floor.names ?? {}).map(([pkg, names]) => ({
      name: pkg,
      allowImportNames: names,
      message: `${floor.folder} takes only ${names.join(' and ')} from ${pkg}.`,
    })),
    patterns: [
      {
        regex: `^(?!\\.)${allowed}`,
        message: `${floor.folder} may import ${floor.packages.join(', ') || 'no package'} (projenrc/floors.ts).`,
      },
      {
        // A barrel seen from inside its own folder is how cycles begin.
        regex: `^(\\.{1,2}/)*(\\.{1,2}|index)/?$|^\\.\\./${name}(/index)?$`,
        message: 'Inside a folder import the file, not the barrel.',
      },
    ],
  };
}
