import type { Records, UsageRecord } from '../../shared/accounting/record.ts';
import { describeCause } from '../../shared/aws/describe-cause.ts';
import type { Log } from '../../shared/log.ts';

/** The log of a developer's machine: one line a request, readable by a person. */
export function consoleLog(write: (line: string) => void = console.log): Log & Pick<Records, 'report'> {
  return {
    report: (record) => write(requestLine(record)),
    warn: (message, fields) => write(`! ${message}${detail(fields)}`),
    error: (message, fields) => write(`!! ${message}${detail(fields)}`),
  };
}

export function requestLine(record: UsageRecord): string {
  const { requestId, callerName, caller, askedModel, provider, model, status, error, firstTokenMs, totalMs, usage } =
    record;
  const target = provider ? `${provider}/${model}` : 'no provider';
  const first = firstTokenMs === undefined ? [] : [`first ${firstTokenMs} ms`];
  const tokens = usage ? [`${usage.estimated ? '~' : ''}${usage.input} in, ${usage.output} out`] : [];
  return [
    record.time.slice(11, 19),
    requestId,
    callerName ?? caller,
    `${askedModel} → ${target}`,
    error ? `${status} ${error}` : status,
    ...first,
    `total ${totalMs} ms`,
    ...tokens,
  ].join('  ');
}

function detail({ cause, ...fields }: Record<string, unknown> = {}): string {
  const rest = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  return cause === undefined ? rest : `${rest} ${describeCause(cause)}`;
}
