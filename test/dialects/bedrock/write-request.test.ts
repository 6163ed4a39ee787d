import { describe, expect, test } from 'vitest';
import { bedrock } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import { answers, instructs, refusal, SONNET, says, write } from './write.ts';

describe('a request for Converse', () => {
  test('instructions, conversation and bounds stand where Converse has them', () => {
    const { body, dropped, headers } = write({
      messages: [instructs('Be brief.'), says('Hi'), answers('Hello.'), says('Bye')],
      maxTokens: 300,
      temperature: 0.5,
      stop: ['END'],
    });
    expect(body).toEqual({
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Hello.' }] },
        { role: 'user', content: [{ text: 'Bye' }] },
      ],
      system: [{ text: 'Be brief.' }],
      inferenceConfig: { maxTokens: 300, temperature: 0.5, stopSequences: ['END'] },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    });
    expect(dropped).toEqual([]);
    expect(headers).toEqual({});
  });

  test('a stream is asked for by the path and as binary events', () => {
    expect(bedrock.path({ model: SONNET, stream: true })).toBe(
      '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream',
    );
    expect(write({ stream: true }).headers).toEqual({ accept: 'application/vnd.amazon.eventstream' });
  });

  test('#87 more than one answer is refused', () => {
    expect(refusal(() => write({ choices: 2 }))).toMatchObject({
      kind: 'invalid_request',
      param: 'n',
      code: 'unsupported_value',
    });
    expect(write({ choices: 1 }).body.messages).toHaveLength(1);
  });

  test('what Converse does not know is dropped by name', () => {
    const { dropped, body } = write({
      seed: 7,
      frequencyPenalty: 0.5,
      presencePenalty: 0,
      logprobs: { top: 2 },
      endUser: 'u1',
      serviceTier: 'scale',
      native: { dialect: 'openai-chat', fields: { store: true } },
    });
    expect(dropped).toEqual(['store', 'frequency_penalty', 'seed', 'logprobs', 'user', 'service_tier']);
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  });

  test('a target may take less than its provider', () => {
    const { dropped, body } = write({ temperature: 0.3, stop: ['x'] }, SONNET, { drops: ['temperature', 'seed'] });
    expect(dropped).toEqual(['temperature']);
    expect(body.inferenceConfig).toEqual({ stopSequences: ['x'] });
  });

  test('a tier that Bedrock has is asked for', () => {
    expect(write({ serviceTier: 'priority' }).body.serviceTier).toEqual({ type: 'priority' });
    expect(write({ serviceTier: 'auto' })).toMatchObject({ dropped: [], body: { messages: expect.anything() } });
  });

  test('#84 the bound on tokens is never above what the model can answer with', () => {
    expect(write({ maxTokens: 100_000 }, SONNET, { maxOutputTokens: 64_000 }).body.inferenceConfig.maxTokens).toBe(
      64_000,
    );
    expect(write({}, SONNET, { maxOutputTokens: 64_000 }).body.inferenceConfig).toBeUndefined();
  });

  test('#85 stop sequences of nothing but space are left out', () => {
    expect(write({ stop: [' ', 'END', '\n'] }).body.inferenceConfig.stopSequences).toEqual(['END']);
  });

  test('#88 newer Claudes get temperature or top_p, the newest neither, and temperature stays within bounds', () => {
    const asked = { temperature: 1.5, topP: 0.9, topK: 5 };
    expect(write(asked, 'anthropic.claude-3-5-sonnet-20241022-v2:0')).toMatchObject({
      dropped: [],
      body: { inferenceConfig: { temperature: 1, topP: 0.9 }, additionalModelRequestFields: { top_k: 5 } },
    });
    expect(write(asked)).toMatchObject({ dropped: ['top_p'], body: { inferenceConfig: { temperature: 1 } } });
    expect(write({ topP: 0.9 }).body.inferenceConfig).toEqual({ topP: 0.9 });
    expect(write(asked, 'global.anthropic.claude-opus-4-7-v1').dropped).toEqual(['temperature', 'top_p', 'top_k']);
    expect(write({ topK: 5 }, 'amazon.nova-lite-v1:0').body.additionalModelRequestFields).toEqual({
      inferenceConfig: { topK: 5 },
    });
    expect(write({ topK: 5 }, 'meta.llama3-1-70b-instruct-v1:0').dropped).toEqual(['top_k']);
  });
});
