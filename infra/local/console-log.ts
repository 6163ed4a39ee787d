import type { Records, UsageRecord } from '../../shared/accounting/record.ts';
import { describeCause } from '../../shared/aws/describe-cause.ts';
import type { Log } from '../../shared/log.ts';

/** The log of a developer's machine: one line a request, readable by a person. */
export function consoleLog(print: (line: string) => void = console.log): Log & Pick<Records, 'report'> {
  const write = (line: string): void => print(visible(line));
  return {
    report: (record) => write(requestLine(record)),
    warn: (message, fields) => write(`! ${message}${detail(fields)}`),
    error: (message, fields) => write(`!! ${message}${detail(fields)}`),
  };
}

/** Callers choose names: a terminal would obey control characters in them, and a line break would make a line of its own. */
const visible = (line: string): string =>
  line.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escaped);

function escaped(character: string): string {
  const written = JSON.stringify(character).slice(1, -1);
  return written === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : written;
}

function requestLine(record: UsageRecord): string {
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
