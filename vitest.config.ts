import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Both have a command of their own: the built bundle under AWS's own runtime client needs a C++ compiler, and agents are
    // installed from the registry.
    exclude: ['test/lambda/**', 'test/agents/**', 'node_modules/**'],
    testTimeout: 20_000,
    // No test mocks a module, so that files may share them: half the time.
    isolate: false,
  },
});
