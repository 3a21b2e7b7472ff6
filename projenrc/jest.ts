/**
 * The projects of jest. Only two of them read the assembly that jsii writes, so only a run of these compiles the library,
 * and only where the assembly is missing or older than the sources: `npx jest` needs nothing but `npm ci`.
 */
const COMMON = {
  clearMocks: true,
  testEnvironment: '<rootDir>/test/helpers/environment.ts',
  moduleNameMapper: { '^cdk8s-istio$': '<rootDir>/src/index.ts' },
  // lib/ is the compiled copy of everything: never a module of a test.
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
  // `typecheck` checks the types of tests: `isolatedModules` of tsconfig.dev.json makes ts-jest translate only.
  transform: { '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
};

export const JEST_PROJECTS = [
  { ...COMMON, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.test.ts'], testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/api/', '<rootDir>/test/property/'] },
  { ...COMMON, displayName: 'api', testMatch: ['<rootDir>/test/api/**/*.test.ts'], globalSetup: '<rootDir>/test/helpers/compile-library.ts' },
  {
    ...COMMON,
    displayName: 'property',
    testMatch: ['<rootDir>/test/property/**/*.test.ts'],
    globalSetup: '<rootDir>/test/property/setup.ts',
    globalTeardown: '<rootDir>/test/property/teardown.ts',
  },
];
