import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { anthropic } from '../../../shared/dialects/anthropic/provider/dialect.ts';
import { bedrock } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import { boundFor, effortOfBudget, fitBudget, thinkingBudgets } from '../../../shared/dialects/kit/thinking.ts';

const request = (effort: string, maxTokens?: number): ChatRequest => ({
  model: 'any',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  reasoning: { effort },
  ...(maxTokens === undefined ? {} : { maxTokens }),
});

const sent = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8'));

function budgets(effort: string, maxTokens?: number): [anthropic: number, bedrock: number] {
  const asked = request(effort, maxTokens);
  const direct = anthropic.writeRequest(asked, { model: 'claude-sonnet-4-5', traits: {} });
  const onAws = bedrock.writeRequest(asked, { model: 'anthropic.claude-sonnet-4-5-v1:0', traits: {} });
  return [
    sent(direct.body).thinking.budget_tokens,
    sent(onAws.body).additionalModelRequestFields.thinking.budget_tokens,
  ];
}

describe('thinking by level', () => {
  test.each(Object.entries(thinkingBudgets))(
    '%s is %i tokens for Claude, at Anthropic and on Bedrock',
    (effort, budget) => {
      expect(budgets(effort, 60_000)).toEqual([budget, budget]);
      expect(budgets(effort)).toEqual([budget, budget]);
    },
  );

  test('is within what the model can answer with, at both', () => {
    const asked = request('max');
    const { body } = bedrock.writeRequest(asked, { model: 'anthropic.claude-opus-4-1-v1:0', traits: {} });
    expect(sent(body)).toMatchObject({
      inferenceConfig: { maxTokens: 32_000 },
      additionalModelRequestFields: { thinking: { budget_tokens: 24_000 } },
    });
    const direct = anthropic.writeRequest(asked, { model: 'claude-opus-4-1', traits: {} });
    expect(sent(direct.body)).toMatchObject({ max_tokens: 32_000, thinking: { budget_tokens: 24_000 } });
  });

  test('leaves a quarter of the bound for the answer, and a number of the caller at least one token', () => {
    expect(fitBudget({ effort: 'high' }, 4000, 8000)).toEqual({ budget: 3000, maxTokens: 4000 });
    expect(fitBudget({ budget: 9000 }, 4000, 8000)).toEqual({ budget: 3999, maxTokens: 4000 });
    expect(boundFor({ effort: 'high' })).toBe(21_846);
  });

  test('raises a bound that leaves no room for the least budget', () => {
    expect(fitBudget({ effort: 'low' }, 100, 8000)).toEqual({ budget: 1024, maxTokens: 1124 });
    expect(fitBudget({ effort: 'low' }, 1000, 1200)).toEqual({ budget: 1024, maxTokens: 1200 });
  });

  test('is found again from a number of tokens', () => {
    const found = ['low', 'medium', 'high'].map((effort) => effortOfBudget(thinkingBudgets[effort]!));
    expect(found).toEqual(['low', 'medium', 'high']);
  });
});
