import { expect, test } from 'vitest';
import { createRates } from '../../shared/accounting/limits/rates.ts';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { limitingLevels, ownLimitHeaders, providerRateHeaders } from '../../shared/gateway/limit-headers.ts';
import { groupOf, keyCaller } from '../support/callers.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { createMapScopes } from '../support/map-scopes.ts';
import { targetOf } from '../support/targets.ts';

const time = createFakeTime({ now: 0 });
const limited = keyCaller({ limits: { rpm: 6 } });
const dialect = openaiChatClient;

function ratesOver() {
  const scopes = createMapScopes();
  return { scopes, ports: { rates: createRates({ scopes, log: { warn() {} }, time }), time } };
}

test('only levels with limits limit a caller', () => {
  const groups = [groupOf('a'), groupOf('b', { rules: { limits: { tpm: 9 } } })];
  expect(limitingLevels(keyCaller({ limits: {} }, groups)).map(({ id }) => id)).toEqual(['group_b']);
  expect(limitingLevels({ type: 'master' })).toEqual([]);
});

test('what was reported is written, and looked up only where nothing was', async () => {
  const { scopes, ports } = ratesOver();
  const report = { requests: { limit: 6, remaining: 2, resetMs: 0 } };
  expect(await ownLimitHeaders({ caller: limited, dialect }, report, ports)).toMatchObject({
    'x-ratelimit-remaining-requests': '2',
  });
  expect(scopes.reads).toBe(0);
  expect(await ownLimitHeaders({ caller: limited, dialect }, undefined, ports)).toMatchObject({
    'x-ratelimit-remaining-requests': '6',
  });
  expect(scopes.reads).toBe(1);
});

test('a table that is away leaves the headers out', async () => {
  const { scopes, ports } = ratesOver();
  scopes.before = () => Promise.reject(new Error('away'));
  expect(await ownLimitHeaders({ caller: limited, dialect }, undefined, ports)).toEqual({});
});

test('a provider’s headers keep their names for callers of its dialect without limits alone', () => {
  const heard = { provider: targetOf('p/m').provider, rates: { 'x-ratelimit-limit-requests': '9' } };
  const named = { 'x-sluice-provider-ratelimit-limit-requests': '9' };
  const caller = keyCaller();
  expect(providerRateHeaders(heard, { caller, dialect })).toEqual(heard.rates);
  expect(providerRateHeaders(heard, { caller, dialect: anthropicClient })).toEqual(named);
  expect(providerRateHeaders(heard, { caller: limited, dialect })).toEqual(named);
  expect(providerRateHeaders(undefined, { caller, dialect })).toEqual({});
});
