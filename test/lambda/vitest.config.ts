import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/lambda/**/*.test.ts'],
    // One sandbox at a time: they measure time, and two cores are all there may be.
    fileParallelism: false,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
