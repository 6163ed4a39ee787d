import { createRoute, z } from '@hono/zod-openapi';
import { GatewayError } from '../../errors.ts';
import { type AdminApp, askingOf } from '../app.ts';
import { entryOf } from '../change.ts';
import type { OperationsPorts } from '../ports.ts';
import { jsonOf, refusals } from '../wire.ts';

const sums = {
  misses: z.number(),
  errors: z.number(),
  hit_rate: z.number().nullable(),
  calls_saved: z.number(),
  seconds_saved: z.number(),
};

const statistics = z
  .strictObject({
    object: z.literal('cache.stats'),
    process: z.strictObject({
      ...sums,
      entries: z.number(),
      bytes: z.number(),
      hits: z.strictObject({ memory: z.number(), table: z.number(), shared: z.number() }),
    }),
    overall: z
      .strictObject({ ...sums, days: z.number(), hits: z.number(), stored: z.number(), stored_bytes: z.number() })
      .nullable(),
  })
  .openapi('CacheStatistics', {
    description:
      'What remembered descriptions of images have saved. `process` is the process that answers this, which on Lambda describes no images; `overall` is all of them over 30 days, null where the table is away.',
  });

const cleared = z
  .strictObject({ object: z.literal('cache.cleared'), image: z.string().nullable() })
  .openapi('CacheCleared');

const image = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'expected the SHA-256 of its bytes, 64 hexadecimal digits')
  .optional();

const paths = {
  statistics: createRoute({
    method: 'get',
    path: '/cache/stats',
    summary: 'What remembered descriptions of images have saved',
    responses: { 200: jsonOf(statistics, 'The counts.'), ...refusals },
  }),
  clear: createRoute({
    method: 'delete',
    path: '/cache',
    summary: 'Clears the descriptions of one image, or all; when it is answered, no process uses them any more',
    request: { query: z.strictObject({ image }) },
    responses: { 200: jsonOf(cleared, 'What was cleared.'), ...refusals },
  }),
};

export function addCacheRoutes(app: AdminApp, ports: OperationsPorts): void {
  const { descriptions, audit, log } = ports;
  app.openapi(paths.statistics, async (c) =>
    c.json({ object: 'cache.stats' as const, ...(await descriptions.statistics()) }, 200),
  );
  app.openapi(paths.clear, async (c) => {
    const digest = c.req.valid('query').image?.toLowerCase();
    const before = countsOf((await descriptions.statistics()).overall);
    const subject = digest ?? 'images';
    const entry = entryOf({ action: 'cache.clear', asking: askingOf(c.env), subject, before, after: null }, ports);
    // Before anything is cleared, so that nothing is cleared without it.
    await audit.write(entry);
    try {
      await descriptions.clear(digest);
    } catch (cause) {
      log.warn('descriptions of images could not be cleared', { cause });
      const message = 'The table is away: descriptions are cleared in this process only. Try again.';
      throw new GatewayError('overloaded', message, { cause, retryAfter: 5 });
    }
    await audit.write({ ...entry, after: { cleared: true } }).catch((cause) => {
      log.warn('an audit entry is not complete', { subject, cause });
    });
    return c.json({ object: 'cache.cleared' as const, image: digest ?? null }, 200);
  });
}

/** What all processes have stored in the last days; null where the table is away. */
const countsOf = (overall: z.output<typeof statistics>['overall']) =>
  overall && { days: overall.days, stored: overall.stored, stored_bytes: overall.stored_bytes };
