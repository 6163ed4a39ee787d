import type { UsageRecord } from '../../shared/accounting/record.ts';

/** A usage record with these fields and plain values for all others. */
export const usageRecord = (fields: Partial<UsageRecord> = {}): UsageRecord => ({
  requestId: 'r',
  time: '2026-11-21T08:00:00.000Z',
  caller: 'master',
  purpose: 'chat',
  dialect: 'openai-chat',
  askedModel: 'a',
  provider: 'p',
  model: 'm',
  attempts: [{ purpose: 'answer', provider: 'p', model: 'm', startedMs: 0, totalMs: 5 }],
  usage: { input: 1, output: 2 },
  totalMs: 5,
  status: 200,
  streamed: true,
  ...fields,
});
