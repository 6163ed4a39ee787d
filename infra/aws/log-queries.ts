import { SIGN_IN_FAILED } from '../../shared/operations/sign-in.ts';

const requests = "filter message = 'request'";
const tokens = 'sum(usage.input) as inputTokens, sum(usage.output) as outputTokens';

/** Questions to the log of a function, in the language of CloudWatch Logs Insights: a line a step, joined by `|`. */
export const logQueries = {
  models: [
    requests,
    `stats count(*) as requests, ${tokens}, pct(firstTokenMs, 95) as p95FirstTokenMs, pct(totalMs, 95) as p95TotalMs by provider, model`,
    'sort requests desc',
    'limit 20',
  ],
  callers: [requests, `stats count(*) as requests, ${tokens} by caller, callerName`, 'sort requests desc', 'limit 20'],
  failures: [
    // As the metric counts them: a key that a provider refused is no caller's mistake, though its status is one.
    `${requests} and (status >= 500 or error = 'upstream_auth')`,
    'stats count(*) as failures, latest(requestId) as lastRequest by provider, model, error, status',
    'sort failures desc',
    'limit 20',
  ],
  slowness: [
    requests,
    'stats count(*) as requests, pct(firstTokenMs, 50) as p50, pct(firstTokenMs, 95) as p95 by provider, model',
    'sort p95 desc',
    'limit 20',
  ],
  errors: [
    // A run that died leaves nothing but lines of the platform.
    "filter level = 'ERROR' or @message like /Task timed out|Runtime exited|Runtime\\.[A-Z]/",
    'display @timestamp, message, requestId, cause, @message',
    'sort @timestamp desc',
    'limit 50',
  ],
  unwritten: [
    "filter message = 'usage_unwritten'",
    'display @timestamp, record.requestId, record.caller, record.model, record.usage.input, record.usage.output, cause',
    'sort @timestamp desc',
    'limit 50',
  ],
  signIns: [
    `filter message = '${SIGN_IN_FAILED}'`,
    'stats count(*) as failed, latest(@timestamp) as last by address, reason',
    'sort failed desc',
    'limit 20',
  ],
  coldStarts: [
    'filter @message like /^REPORT .*Init Duration/',
    'parse @message /Init Duration: (?<initMs>[0-9.]+) ms/',
    'stats count(*) as coldStarts, pct(initMs, 50) as p50Ms, pct(initMs, 95) as p95Ms by bin(1h)',
  ],
} as const satisfies Record<string, readonly string[]>;
