import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The built bundle under AWS's own runtime client has a command of its own: it needs a C++ compiler.
    exclude: ['test/lambda/**', 'node_modules/**'],
    testTimeout: 20_000,
    // No test mocks a module, so that files may share them: half the time.
    isolate: false,
  },
});
