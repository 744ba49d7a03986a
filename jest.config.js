/** SWC does not check types: the test command runs tsc first. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // No haste map of what sam build and Stryker copy.
  modulePathIgnorePatterns: ['<rootDir>/.aws-sam', '<rootDir>/mutation'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'commonjs', importInterop: 'swc' },
      },
    ],
  },
  // Packages that are ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(tinyqueue|commander)/)'],
  clearMocks: true,
  // All processors: by default jest leaves one of them idle, which is half of a small machine.
  maxWorkers: '100%',
  // A whole run takes a second or so, and much longer beside others on a small machine: none is judged by its time.
  testTimeout: 300_000,
};
