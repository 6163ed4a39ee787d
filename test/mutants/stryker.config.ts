/** `npm run test:mutants`: changes each rule of the policies a little, and reports each change that no direct test notices. */
const options = {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutants/vitest.config.ts' },
  mutate: ['shared/{async,routing,accounting}/**/*.ts'],
  // Only what the direct tests can reach is copied, so that the copy is small.
  ignorePatterns: ['/*', '!/shared', '!/test', '!/package.json'],
  // Texts are checked where a client reads them; a static mutant would need a new process for each.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignoreStatic: true,
  // Stryker reads this file with an interface that TypeScript 7 no longer has, so it must not find one.
  tsconfigFile: 'no-tsconfig.json',
  concurrency: 2,
  timeoutMS: 5_000,
  thresholds: { high: 90, low: 80, break: 80 },
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false, reportTests: false },
  htmlReporter: { fileName: '.cache/mutants/report.html' },
  jsonReporter: { fileName: '.cache/mutants/report.json' },
  tempDirName: '.cache/mutants/sandbox',
  checkers: [],
};

export default options;
