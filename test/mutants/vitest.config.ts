import { defineConfig } from 'vitest/config';

/** The direct tests of the rooms that `stryker.config.ts` mutates, and no others: a mutant must die where its rule is tested. */
export default defineConfig({
  test: {
    include: ['test/{async,routing,accounting}/**/*.test.ts'],
    testTimeout: 5_000,
  },
});
