import { describe, expect, test } from 'vitest';
import { hi, NEW, OLD, send } from '../sending.ts';

describe('a request for a provider', () => {
  test('#85 text, instructions, stops and parameters stand where the vendor wants them', () => {
    const { sent, dropped, headers } = send({
      messages: [
        {
          role: 'system',
          parts: [
            { type: 'text', text: 'A' },
            { type: 'text', text: ' ' },
          ],
        },
        { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'B', cache: { ttl: '1h' } }] },
        ...hi,
      ],
      stream: true,
      maxTokens: 100,
      temperature: 0.5,
      stop: ['END', ' \n'],
      endUser: 'u-1',
    });
    expect(sent).toEqual({
      model: OLD,
      max_tokens: 100,
      temperature: 0.5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      stream: true,
      system: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(dropped).toEqual([]);
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' });
  });

  test('#84 max_tokens comes from the model’s data, then from the usual, and is never beyond the most', () => {
    expect(send({}).sent.max_tokens).toBe(64_000);
    expect(send({}, 'glm-5').sent.max_tokens).toBe(8192);
    expect(send({}, 'glm-5', { maxOutputTokens: 5000 }).sent.max_tokens).toBe(5000);
    expect(send({ maxTokens: 128_000 }).sent.max_tokens).toBe(64_000);
    expect(send({ maxTokens: 128_000 }, 'claude-3-5-sonnet-20241022').sent.max_tokens).toBe(8192);
    expect(send({ maxTokens: 128_000 }, 'claude-opus-4-1-20250805').sent.max_tokens).toBe(32_000);
    expect(send({ maxTokens: 128_000 }, NEW).sent.max_tokens).toBe(128_000);
  });

  test('#88 temperature is bounded, not beside top_p, and not sent to models that take none', () => {
    expect(send({ temperature: 1.5, topP: 0.9, topK: 4 })).toMatchObject({
      sent: { temperature: 1, top_k: 4 },
      dropped: ['top_p'],
    });
    expect(send({ temperature: 0.2, topP: 0.9 }, 'claude-3-haiku-20240307').sent).toMatchObject({
      temperature: 0.2,
      top_p: 0.9,
    });
    const none = send({ temperature: 1, topP: 0.9, topK: 4 }, NEW);
    expect(none.sent).not.toHaveProperty('temperature');
    expect(none.dropped).toEqual(['temperature', 'top_p', 'top_k']);
    expect(none.headers).toEqual({});
    expect(send({ temperature: 0.3 }, 'claude-opus-4-6').sent.temperature).toBe(0.3);
    expect(send({ temperature: 0.3 }, 'claude-sonnet-4-5', { sampling: 'drop' }).dropped).toEqual(['temperature']);
  });

  test('what the vendor does not know is named as dropped, what changes the answer is refused', () => {
    const native = { dialect: 'openai-chat', fields: { logit_bias: { 1: 2 }, store: true, metadata: null } };
    const { dropped } = send({
      seed: 7,
      frequencyPenalty: 0,
      presencePenalty: 0.5,
      logprobs: { top: 2 },
      serviceTier: 'flex',
      native,
    });
    expect(dropped).toEqual(['presence_penalty', 'seed', 'logprobs', 'logit_bias', 'store', 'service_tier']);
    expect(() => send({ choices: 2 })).toThrow("'n' does not support 2 with this model; only 1 is");
    const audio = { dialect: 'openai-chat', fields: { modalities: ['text', 'audio'] } };
    expect(() => send({ native: audio })).toThrow("'modalities'");
    expect(send({ choices: 1, native: { dialect: 'openai-chat', fields: { modalities: ['text'] } } }).dropped).toEqual([
      'modalities',
    ]);
    expect(send({ endUser: 'jane@example.com' }).sent).not.toHaveProperty('metadata');
  });

  test('fields that a provider refuses are left out by its traits', () => {
    const { sent, dropped } = send({ topK: 4, serviceTier: 'auto' }, 'deepseek-v4', {
      drops: ['top_k', 'service_tier'],
    });
    expect(sent).not.toHaveProperty('top_k');
    expect(dropped).toEqual(['top_k', 'service_tier']);
  });
});
