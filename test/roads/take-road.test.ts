import { expect, test } from 'vitest';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import type { Answer } from '../../shared/roads/answer.ts';
import { takeRoad } from '../../shared/roads/take-road.ts';
import { callOf } from '../support/calls.ts';
import { targetOf } from '../support/targets.ts';
import { portsOf, textOf, whole } from './stage.ts';

/** Whether the provider's bytes passed as they were. */
async function passes(
  dialect: typeof openaiChatClient | typeof anthropicClient,
  traits: object = {},
): Promise<boolean> {
  const { call } = await callOf({ max_tokens: 9, seed: 7 }, dialect);
  const answer = (await takeRoad(call, call.account.open(targetOf('p/m', { traits })), portsOf(whole))) as Answer;
  return (await textOf(answer.body)) === whole;
}

test('bytes pass where both sides speak the same dialect and no transform wants the call', async () => {
  expect(await passes(openaiChatClient)).toBe(true);
});

test('another dialect is translated', async () => {
  expect(await passes(anthropicClient)).toBe(false);
});

test('a call that a transform wants is translated though the dialect is the same', async () => {
  expect(await passes(openaiChatClient, { mostSeed: 5 })).toBe(false);
  expect(await passes(openaiChatClient, { mostSeed: 10 })).toBe(true);
});

test('a target whose traits ask for a change inside the conversation is translated', async () => {
  expect(await passes(openaiChatClient, { thinkingHistory: 'strip' })).toBe(true);
});
