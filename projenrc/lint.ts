import { javascript } from 'projen';
import { FLOORS, Floor } from './floors';

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

  for (const floor of FLOORS.filter(f => f.folder.startsWith('src/'))) {
    eslint.addOverride({
      files: [`${floor.folder}/**/*.ts`],
      rules: { 'no-restricted-imports': ['error', importRule(floor)] },
    });
  }
}

/** Everything in `src` and `imports` is closed to a folder, except itself and what its floor names. */
function zone(floor: Floor): object {
  const here = (path: string) => `./${path}`;
  const closed = FLOORS.map(f => f.folder).filter(f => f !== floor.folder && !floor.folders.includes(f));
  return {
    target: here(floor.folder),
    from: [...closed, 'src/index.ts', 'test', 'examples', 'projenrc', 'bench'].map(here),
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
        regex: `^\\.{1,2}/?(index)?$|^\\.\\./${name}(/index)?$`,
        message: 'Inside a folder import the file, not the barrel.',
      },
    ],
  };
}
