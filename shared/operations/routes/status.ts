import { createRoute, z } from '@hono/zod-openapi';
import { createReadiness } from '../../gateway/readiness.ts';
import type { AdminApp } from '../app.ts';
import type { OperationsPorts } from '../ports.ts';
import { jsonOf, refusals } from '../wire.ts';

const status = z
  .strictObject({
    status: z.enum(['ready', 'not ready']),
    checks: z.record(z.string(), z.strictObject({ state: z.enum(['ok', 'failed']), ms: z.number() })),
    actor: z.strictObject({ id: z.string(), access: z.enum(['read', 'write', 'master']) }),
  })
  .openapi('Status');

const path = createRoute({
  method: 'get',
  path: '/status',
  summary: 'Whether the table and the secrets can be reached, and who asks',
  responses: { 200: jsonOf(status, 'Each check with its state and time.'), ...refusals },
});

export function addStatusRoutes(app: AdminApp, ports: OperationsPorts): void {
  const readiness = createReadiness(ports);
  app.openapi(path, async (c) => {
    const checks = await readiness();
    const isReady = Object.values(checks).every(({ state }) => state === 'ok');
    return c.json({ status: isReady ? ('ready' as const) : ('not ready' as const), checks, actor: c.env.actor }, 200);
  });
}
