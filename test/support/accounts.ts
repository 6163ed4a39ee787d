import { type OpenAccount, openAccount } from '../../shared/accounting/open.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import type { ClientDialect } from '../../shared/dialects/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { createFakeTime, type FakeTime } from './fake-time.ts';

export interface OpenedAccount {
  account: OpenAccount;
  time: FakeTime;
  /** Aborts the call. */
  call: AbortController;
  reported: UsageRecord[];
  written: UsageRecord[];
}

/** The account of a request that began at second 1,000 of the epoch, with records kept in lists. */
export function openOne({
  dialect = openaiChatClient,
  until = Number.POSITIVE_INFINITY,
}: {
  dialect?: ClientDialect;
  until?: number;
} = {}): OpenedAccount {
  const time = createFakeTime({ now: 1_000_000 });
  const call = new AbortController();
  const reported: UsageRecord[] = [];
  const written: UsageRecord[] = [];
  const records = {
    report: (record: UsageRecord) => void reported.push(record),
    write: async (record: UsageRecord) => void written.push(record),
  };
  const opening = {
    requestId: 'req_1',
    startedAt: time.now(),
    caller: { type: 'master' } as const,
    agentIds: {},
    dialect,
    purpose: 'chat' as const,
    signal: call.signal,
    until,
  };
  return { account: openAccount(opening, { records, time }), time, call, reported, written };
}
