import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Takes Node's own modules without an `import` of each. An ES module's import of `node:http` reads every export of it, and one of
 * those getters loads undici: some 25 ms of each cold start.
 */
export const builtIns: Plugin = {
  name: 'built-ins',
  setup(build) {
    build.onResolve({ filter: /^[a-z_:]+(?:\/[a-z_]+)*$/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'built-in' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};
