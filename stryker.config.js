/**
 * `npm run mutation` plants small faults in the rules, one after another, and says which of them no test of the rules
 * notices. `npm run mutation -- --mutate functions/domain/ownership/run-lock.ts` does so in one file.
 */
export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  jest: { configFile: 'jest.config.js', config: { testMatch: ['<rootDir>/test/functions/domain/**/*.test.ts'] } },
  coverageAnalysis: 'perTest',
  // What is made when a module is loaded (schemas, sets, limits) would need all tests anew for each fault: two thirds of the time.
  ignoreStatic: true,
  // The tables of reason codes are words for people, and the page is drawn for them; its facts are rules.
  mutate: [
    'functions/domain/**/*.ts',
    '!functions/domain/model/*-codes.ts',
    '!functions/domain/report/page/{browser,drawing,markup,timeline,words}/*.ts',
  ],
  ignorePatterns: ['.aws-sam', '.venv'],
  // Stryker would rewrite it with TypeScript's API, which TypeScript 7 does not have; nothing here reads it.
  tsconfigFile: 'no-tsconfig.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'mutation/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  incremental: true,
  incrementalFile: 'mutation/incremental.json',
  tempDirName: 'mutation/sandbox',
  concurrency: 2,
  timeoutMS: 20_000,
  warnings: { slow: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
