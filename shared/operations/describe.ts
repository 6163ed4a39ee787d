import type { AdminApp } from './app.ts';

/** Serves the document of all routes, made from the schemas that check them. */
export function describeApi(app: AdminApp): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description:
      'The master key, or an admin key. Keys that only read are refused with 403 where something is changed.',
  });
  app.get('/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Sluice administration', version: '1' },
        security: [{ key: [] }],
      }),
      200,
    ),
  );
}
