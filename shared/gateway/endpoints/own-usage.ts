import { callerId } from '../../call/caller.ts';
import { GatewayError } from '../../errors.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { getEndpoint } from '../endpoint.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 31;

/** The caller's own requests and tokens by model, of whole days in UTC: `?from=2026-11-01&to=2026-11-21`; today unless given. */
export const ownUsage = getEndpoint(['/v1/usage', '/usage'], async ({ caller, http: { query } }, ports) => {
  ports.checkOwnReads(caller);
  const asked = new URLSearchParams(query);
  const to = dayIn(asked, 'to') ?? new Date(ports.time.now()).toISOString().slice(0, 10);
  const from = dayIn(asked, 'from') ?? to;
  const { models, total, isComplete } = await read(callerId(caller), daysBetween(from, to), ports);
  const data = [...models].map(([model, sums]) => ({ model, ...sums }));
  data.sort((a, b) => b.requests - a.requests || (a.model < b.model ? -1 : 1));
  return jsonOutgoing(200, { object: 'usage', from, to, complete: isComplete, data, total });
});

async function read(
  caller: string,
  days: readonly string[],
  { ownUsage: usage, log }: Parameters<typeof ownUsage.answer>[1],
) {
  try {
    return await usage.read(caller, days);
  } catch (cause) {
    log.warn('usage cannot be read', { cause });
    throw new GatewayError('overloaded', 'Usage cannot be read at the moment.', { cause, retryAfter: 5 });
  }
}

function dayIn(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  // Dates roll over: the 31st of February would be one in March.
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new GatewayError('invalid_request', `${name}: expected a day, such as 2026-11-21.`, { param: name });
}

function daysBetween(from: string, to: string): string[] {
  const first = Date.parse(from);
  const count = Math.round((Date.parse(to) - first) / DAY_MS) + 1;
  if (count < 1) throw new GatewayError('invalid_request', "from: it must not be after 'to'.", { param: 'from' });
  if (count > MOST_DAYS) {
    throw new GatewayError('invalid_request', `from: at most ${MOST_DAYS} days at once.`, { param: 'from' });
  }
  return Array.from({ length: count }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
}
