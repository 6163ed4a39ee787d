import { expect, test, vi } from 'vitest';
import { lambdaLog } from '../../shared/aws/log.ts';

const long = 'x'.repeat(450_000);

test('texts in a log line are cut, causes too: CloudWatch refuses a line of more than 1 MB', () => {
  const lines: string[] = [];
  const take = (chunk: string | Uint8Array): boolean => lines.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  try {
    const log = lambdaLog({ level: 'INFO', place: { stage: undefined, region: 'eu-central-1' } });
    log.warn('a provider refused', { requestId: 'r1', model: long, reason: `no model ${long}` });
    log.error('a request failed', { cause: new Error(long, { cause: new Error(long) }) });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.length).toBeLessThan(6000);
  expect(JSON.parse(lines[0]!)).toMatchObject({ requestId: 'r1', model: expect.stringMatching(/^x+…$/) });
});
