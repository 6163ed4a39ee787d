import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../../shared/chat/request.ts';
import { hi, NEW, OLD, send, tool } from '../sending.ts';

describe('thinking', () => {
  const effort = (level: string, model: string, more: Partial<ChatRequest> = {}) =>
    send({ reasoning: { effort: level }, ...more }, model);

  test('#83 an effort is an effort, a budget or nothing, as the model has it', () => {
    expect(effort('minimal', NEW).sent).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
    });
    expect(effort('xhigh', NEW).sent.output_config).toEqual({ effort: 'xhigh' });
    expect(effort('low', OLD).sent.thinking).toEqual({ type: 'enabled', budget_tokens: 2048 });
    expect(effort('none', NEW).sent.thinking).toEqual({ type: 'disabled' });
    const blunt = effort('high', 'claude-3-5-haiku-20241022');
    expect(blunt.sent).not.toHaveProperty('thinking');
    expect(blunt.dropped).toEqual(['reasoning_effort']);
    expect(effort('high', 'some-model', {}).sent.thinking).toEqual({ type: 'enabled', budget_tokens: 6144 });
  });

  test('#83 a budget fits into the bound on the answer, which is raised where it is too small', () => {
    const budget = (tokens: number, maxTokens: number) =>
      send({ reasoning: { enabled: true, budget: tokens }, maxTokens }).sent;
    expect(budget(31_999, 32_000)).toMatchObject({ max_tokens: 32_000, thinking: { budget_tokens: 31_999 } });
    expect(budget(32_000, 8000)).toMatchObject({ max_tokens: 8000, thinking: { budget_tokens: 7999 } });
    expect(budget(10, 8000)).toMatchObject({ thinking: { budget_tokens: 1024 } });
    expect(budget(2000, 500)).toMatchObject({ max_tokens: 1524, thinking: { budget_tokens: 1024 } });
    expect(effort('high', OLD, { maxTokens: 4000 }).sent).toMatchObject({
      max_tokens: 4000,
      thinking: { budget_tokens: 3000 },
    });
  });

  test('a budget for a model that knows efforts becomes one', () => {
    expect(send({ reasoning: { enabled: true, budget: 31_999 } }, NEW).sent).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
  });

  test('#73 a tool that must be called rules thinking out, and that is said', () => {
    for (const model of [OLD, NEW]) {
      const { sent, dropped } = effort('high', model, { tools: [tool], toolChoice: { type: 'required' } });
      expect(sent).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: { type: 'any' } });
      expect(dropped).toEqual(['reasoning_effort']);
    }
    expect(effort('high', NEW, { tools: [tool], toolChoice: { type: 'auto' } }).sent.thinking).toEqual({
      type: 'adaptive',
    });
  });

  test('#77 amid a loop whose thinking is lost, a model with a budget does not think', () => {
    const loop = (thinkingPart: ChatRequest['messages'][number] & { role: 'assistant' }): ChatRequest['messages'] => [
      ...hi,
      thinkingPart,
      { role: 'tool', results: [{ callId: 'c', parts: [] }] },
    ];
    const call = { type: 'tool-call' as const, id: 'c', name: 'f', arguments: '{}' };
    const lost = loop({ role: 'assistant', parts: [call] });
    expect(effort('low', OLD, { messages: lost, tools: [tool] })).toMatchObject({
      sent: { thinking: { type: 'disabled' } },
      dropped: ['reasoning_effort'],
    });
    expect(effort('low', NEW, { messages: lost, tools: [tool] }).sent.thinking).toEqual({ type: 'adaptive' });
    const kept = loop({
      role: 'assistant',
      parts: [{ type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'S' } }, call],
    });
    expect(effort('low', OLD, { messages: kept, tools: [tool] }).sent.thinking).toMatchObject({ type: 'enabled' });
  });

  test('thinking and temperature do not go together, nor thinking and a begun answer', () => {
    const { sent, dropped } = effort('low', OLD, {
      temperature: 0,
      topP: 0.99,
      topK: 3,
      messages: [...hi, { role: 'assistant', parts: [{ type: 'text', text: 'a' }] }],
    });
    expect(sent).toMatchObject({ top_p: 0.99, thinking: { type: 'enabled' } });
    expect(dropped).toEqual(['temperature', 'top_k']);
    expect(sent.messages.at(-1)!.role).toBe('user');
  });
});
