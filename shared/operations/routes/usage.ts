import { createRoute, z } from '@hono/zod-openapi';
import { startDeadline } from '../../async/deadline.ts';
import { GatewayError } from '../../errors.ts';
import type { AdminApp } from '../app.ts';
import type { OperationsPorts } from '../ports.ts';
import { createReport, dimensions, tokenKinds, totalOf } from '../usage-report.ts';
import { jsonOf, refusals } from '../wire.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 31;
const MOST_MS = 25_000;

const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00.000Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
};

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(isDay, 'there is no such day')
  .openapi({ description: 'A day in UTC, such as 2026-11-21.' });

const counts = {
  requests: z.int(),
  errors: z.int(),
  attempts: z.int(),
  tokens: z.strictObject(
    Object.fromEntries(tokenKinds.map((kind) => [kind, z.number()])) as Record<
      (typeof tokenKinds)[number],
      z.ZodNumber
    >,
  ),
};

const report = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    by: z.enum(dimensions),
    data: z.array(z.strictObject({ value: z.string(), name: z.string().optional(), ...counts })),
    total: z.strictObject(counts),
  })
  .openapi('UsageReport', {
    description: 'Summed from the records at each call, which takes longer the more there are.',
  });

const path = createRoute({
  method: 'get',
  path: '/usage',
  summary: `Requests and tokens of some days, at most ${MOST_DAYS}, by key, model, provider, group, session or agent`,
  request: {
    query: z.strictObject({ from: day.optional(), to: day.optional(), by: z.enum(dimensions).default('key') }),
  },
  responses: { 200: jsonOf(report, 'The sums, most requests first.'), ...refusals },
});

/** The first and the last day are counted too; today unless given. */
export function addUsageRoutes(app: AdminApp, { usage, keys, time }: OperationsPorts): void {
  app.openapi(path, async (c) => {
    const today = new Date(time.now()).toISOString().slice(0, 10);
    const asked = c.req.valid('query');
    const { to = asked.from !== undefined && asked.from > today ? asked.from : today, by } = asked;
    const { from = to } = asked;
    const days = daysBetween(from, to);
    const groups = by === 'group' ? await keys.groupsOfKeys() : undefined;
    const sums = createReport(by, ({ caller, callerGroup }) => groups?.get(caller) ?? callerGroup);
    const { signal, clear } = startDeadline(
      { parent: c.env.signal, parentError: left, ms: MOST_MS, error: tooMuch },
      time,
    );
    try {
      for (const each of days) for await (const records of usage.ofDay(each, signal)) records.forEach(sums.add);
    } finally {
      clear();
    }
    const data = sums.rows();
    return c.json({ from, to, by, data, total: totalOf(data) }, 200);
  });
}

function daysBetween(from: string, to: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.round((last - first) / DAY_MS) + 1;
  if (count < 1) throw new GatewayError('invalid_request', 'from: it must not be after to.', { param: 'from' });
  if (count > MOST_DAYS) {
    throw new GatewayError('invalid_request', `from: at most ${MOST_DAYS} days at once.`, { param: 'from' });
  }
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

const left = (): GatewayError => new GatewayError('caller_left', 'The caller left.');

const tooMuch = (): GatewayError =>
  new GatewayError(
    'unprocessable',
    `These days have more records than can be summed in ${MOST_MS / 1000} s; ask for fewer.`,
  );
