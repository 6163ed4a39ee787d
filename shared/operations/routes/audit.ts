import { createRoute, z } from '@hono/zod-openapi';
import type { AdminApp } from '../app.ts';
import type { OperationsPorts } from '../ports.ts';
import { jsonOf, pageOf, pageQuery, refusals } from '../wire.ts';

const auditView = z
  .strictObject({
    id: z.string(),
    time: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    requestId: z.string(),
  })
  .openapi('AuditEntry', {
    description: 'Who changed what, when, and how it was before and after. Kept for 365 days.',
  });

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .optional()
  .openapi({ description: 'A month such as 2026-11; this one unless given.' });

const path = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Changes of a month, newest first',
  request: { query: z.strictObject({ ...pageQuery, month }) },
  responses: { 200: jsonOf(pageOf(auditView, 'AuditPage'), 'A page of changes.'), ...refusals },
});

export function addAuditRoutes(app: AdminApp, { audit, time }: OperationsPorts): void {
  app.openapi(path, async (c) => {
    const { month: asked = new Date(time.now()).toISOString().slice(0, 7), ...page } = c.req.valid('query');
    const { items, next } = await audit.list(asked, page);
    const data = items.map((entry) => ({ ...entry, before: entry.before ?? null, after: entry.after ?? null }));
    return c.json({ data, next: next ?? null }, 200);
  });
}
