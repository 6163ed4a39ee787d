import { expect, test } from 'vitest';
import { consoleLog } from '../../infra/local/console-log.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';

const record = (fields: Partial<UsageRecord>): UsageRecord =>
  ({
    requestId: 'req_1',
    time: '2026-11-21T10:00:00.000Z',
    caller: 'key_1',
    askedModel: 'm',
    status: 200,
    totalMs: 5,
    ...fields,
  }) as UsageRecord;

const linesOf = (fields: Partial<UsageRecord>): string[] => {
  const lines: string[] = [];
  consoleLog((line) => lines.push(line)).report(record(fields));
  return lines;
};

test('a request is one line', () => {
  expect(linesOf({ callerName: 'Ann Müller 好' })).toEqual([
    '10:00:00  req_1  Ann Müller 好  m → no provider  200  total 5 ms',
  ]);
});

test.each([
  ['a new line', '\n12:00:00  req_2', '\\n12:00:00  req_2'],
  ['a sequence that a terminal obeys', '\u001b[2J\u009b1m', '\\u001b[2J\\u009b1m'],
  ['a deletion', 'a\u007f\b', 'a\\u007f\\b'],
  ['another direction', '\u202ecod\u2066', '\\u202ecod\\u2066'],
  ['a line of another kind', 'a\u2028b\u0085', 'a\\u2028b\\u0085'],
])('names are shown as they were written, never obeyed: %s', (_, name, shown) => {
  expect(linesOf({ askedModel: name })).toEqual([`10:00:00  req_1  key_1  ${shown} → no provider  200  total 5 ms`]);
  expect(linesOf({ callerName: name })[0]).toContain(`  ${shown}  m → `);
  expect(linesOf({ provider: 'p', model: name })[0]).toContain(`m → p/${shown}  200`);
});

test('what is said besides is one line too', () => {
  const lines: string[] = [];
  const log = consoleLog((line) => lines.push(line));
  log.warn('away', { cause: new Error('no model \u001b[31m\nx'), name: '\u009b' });
  log.error('broken\n', { name: 'a\nb' });
  expect(lines).toEqual([
    expect.stringMatching(/^! away \{"name":"\\u009b"\} Error: no model \\u001b\[31m\\nx \(at .*\)$/),
    '!! broken\\n {"name":"a\\nb"}',
  ]);
});
