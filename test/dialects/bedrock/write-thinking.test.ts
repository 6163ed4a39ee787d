import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message } from '../../../shared/chat/request.ts';
import { calls, results, SONNET, says, weather, write } from './write.ts';

describe('thinking, signatures and caches in a request for Converse', () => {
  const thinkingPart = (issuer: string) =>
    ({ type: 'thinking', text: 'Hm.', signature: { issuer, value: 'c2ln' } }) as const;

  test('an effort becomes a budget within the bound, and what thinking rules out is dropped', () => {
    const { body, dropped } = write({ reasoning: { effort: 'high' }, maxTokens: 30_000, temperature: 0.3, topK: 5 });
    expect(body.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: 16_384 } });
    expect(body.inferenceConfig).toEqual({ maxTokens: 30_000 });
    expect(dropped).toEqual(['temperature', 'top_k']);
  });

  test('#83 the budget is at least 1024 and below the bound, which is raised where it must be', () => {
    const given = (reasoning: NonNullable<ChatRequest['reasoning']>, maxTokens?: number) => {
      const { body } = write({ reasoning, ...(maxTokens === undefined ? {} : { maxTokens }) });
      return [body.additionalModelRequestFields.thinking.budget_tokens, body.inferenceConfig.maxTokens];
    };
    expect(given({ budget: 50_000 }, 4000)).toEqual([3999, 4000]);
    expect(given({ budget: 10 }, 4000)).toEqual([1024, 4000]);
    expect(given({ effort: 'medium' }, 100)).toEqual([1024, 1124]);
    expect(given({ effort: 'high' }, 4000)).toEqual([3000, 4000]);
    expect(given({ budget: 40_000 })).toEqual([40_000, 41_024]);
    expect(given({ effort: 'constructor' }, 20_000)).toEqual([8192, 20_000]);
    expect(given({ effort: 'low' })).toEqual([2048, 32_000]);
  });

  test('#83 newer Claudes take their own measure and an effort, older ones and other makers think as they do', () => {
    const opus = write({ reasoning: { effort: 'xhigh' } }, 'anthropic.claude-opus-4-6-v1').body;
    expect(opus.additionalModelRequestFields).toEqual({ thinking: { type: 'adaptive' } });
    expect(opus.outputConfig).toEqual({ effort: 'xhigh' });
    const given = (effort: string) =>
      write({ reasoning: { effort } }, 'anthropic.claude-opus-4-6-v1').body.outputConfig;
    expect([given('minimal'), given('toString')]).toEqual([{ effort: 'low' }, { effort: 'medium' }]);
    expect(
      write({ reasoning: { effort: 'max' } }, 'openai.gpt-oss-120b-1:0').body.additionalModelRequestFields,
    ).toEqual({
      reasoning_effort: 'high',
    });
    expect(write({ reasoning: { effort: 'low' } }, 'anthropic.claude-3-5-sonnet-20241022-v2:0').dropped).toEqual([
      'reasoning_effort',
    ]);
    expect(write({ reasoning: { effort: 'none' } }, 'amazon.nova-lite-v1:0').dropped).toEqual([]);
    const styled = write({ reasoning: { effort: 'low' } }, SONNET, { thinkingControl: 'adaptive' }).body;
    expect(styled.additionalModelRequestFields).toEqual({ thinking: { type: 'adaptive' } });
  });

  test('#73 a tool that must be called switches thinking off for the turn, and that is reported', () => {
    const { body, dropped } = write({
      reasoning: { effort: 'high' },
      tools: [weather],
      toolChoice: { type: 'required' },
    });
    expect(body.additionalModelRequestFields).toBeUndefined();
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('#77 a tool loop whose thinking was lost goes on without thinking', () => {
    const messages = [says('Hi'), calls(['a', 'weather']), results(['a', 'rain'])];
    const called = { type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' } as const;
    const kept: Message = { role: 'assistant', parts: [thinkingPart('anthropic'), called] };
    const reasoning = { effort: 'low' };
    expect(write({ messages, tools: [weather], reasoning }).dropped).toEqual(['reasoning_effort']);
    const whole = write({ messages: [says('Hi'), kept, results(['a', 'rain'])], tools: [weather], reasoning });
    expect(whole.dropped).toEqual([]);
    expect(whole.body.messages[1].content[0]).toEqual({
      reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } },
    });
  });

  test('#78 hidden thinking and empty thinking with a signature go back as they came', () => {
    const answer: Message = {
      role: 'assistant',
      parts: [
        { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'aGlkZGVu' } },
        { type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'c2VhbA==' } },
        { type: 'text', text: 'Yes.' },
      ],
    };
    expect(write({ messages: [says('Hi'), answer, says('And?')] }).body.messages[1].content).toEqual([
      { reasoningContent: { redactedContent: 'aGlkZGVu' } },
      { reasoningContent: { reasoningText: { text: '', signature: 'c2VhbA==' } } },
      { text: 'Yes.' },
    ]);
  });

  test("#82 thinking without a signature, and with another vendor's, is dropped; the turn goes where nothing is left of it", () => {
    const unsigned: Message = { role: 'assistant', parts: [{ type: 'thinking', text: 'Hm.' }] };
    const foreign: Message = {
      role: 'assistant',
      parts: [thinkingPart('gemini'), { type: 'text', text: 'Yes.', signature: { issuer: 'gemini', value: 'x' } }],
    };
    const { body, text } = write({ messages: [says('One'), unsigned, says('Two'), foreign, says('Three')] });
    expect(body.messages).toEqual([
      { role: 'user', content: [{ text: 'One' }, { text: 'Two' }] },
      { role: 'assistant', content: [{ text: 'Yes.' }] },
      { role: 'user', content: [{ text: 'Three' }] },
    ]);
    expect(text).not.toContain('Hm.');
  });

  test("Claude's signatures go to Claude only", () => {
    const answer: Message = { role: 'assistant', parts: [thinkingPart('anthropic'), { type: 'text', text: 'Yes.' }] };
    const messages = [says('Hi'), answer, says('And?')];
    expect(write({ messages }, 'amazon.nova-pro-v1:0').text).not.toContain('c2ln');
    expect(write({ messages }, SONNET, { thinkingHistory: 'strip' }).text).not.toContain('c2ln');
    expect(write({ messages }).text).toContain('c2ln');
  });

  test("the model behind a profile's ARN is known by a trait", () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
    const reasoning = { effort: 'low' };
    expect(write({ reasoning }, arn).dropped).toEqual(['reasoning_effort']);
    expect(
      write({ reasoning }, arn, { baseModel: 'anthropic.claude-sonnet-4-5' }).body.additionalModelRequestFields,
    ).toEqual({
      thinking: { type: 'enabled', budget_tokens: 2048 },
    });
  });

  test('marks of what is to be remembered become cache points behind their part', () => {
    const cache = { ttl: '1h' };
    const messages: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 'Long.', cache }] },
      says('Hi'),
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' }] },
      { role: 'tool', results: [{ callId: 'a', parts: [{ type: 'text', text: 'rain', cache: {} }] }] },
    ];
    const request = { messages, tools: [{ ...weather, cache }] };
    const hour = { cachePoint: { type: 'default', ttl: '1h' } };
    const { body } = write(request);
    expect(body.system).toEqual([{ text: 'Long.' }, hour]);
    expect(body.toolConfig.tools[1]).toEqual(hour);
    expect(body.messages[2].content).toEqual([
      { toolResult: { toolUseId: 'a', content: [{ text: 'rain' }], status: 'success' } },
      { cachePoint: { type: 'default' } },
    ]);
    const nova = write(request, 'amazon.nova-pro-v1:0').body;
    expect(nova.system[1]).toEqual({ cachePoint: { type: 'default' } });
    expect(nova.toolConfig.tools).toHaveLength(1);
    expect(write(request, 'meta.llama3-1-70b-instruct-v1:0').text).not.toContain('cachePoint');
  });
});
