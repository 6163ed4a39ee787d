import { describe, expect, test } from 'vitest';
import { abilitiesOf } from '../../shared/providers/abilities.ts';

describe('a well-known model', () => {
  test.each([
    'hunyuan-2.0-thinking-20251109',
    'deepseek/deepseek-chat-v3-0324',
    'deepseek.r1-v1:0',
    'openai/gpt-3.5-turbo',
    'gpt-4-0613',
    'gpt-oss-120b',
    'us.meta.llama3-1-70b-instruct-v1:0',
    'llama-3.3-70b-versatile',
    'qwen-max',
    'qwen3-235b-a22b',
    'moonshot-v1-32k',
    'kimi-k2-0905-preview',
    'glm-4.6',
    'amazon.nova-micro-v1:0',
    'command-r-plus',
    'codestral-latest',
  ])('%s does not see', (model) => {
    expect(abilitiesOf(model).sees).toBe(false);
  });

  test.each([
    'gpt-4o',
    'gpt-4-turbo',
    'gpt-4.1-mini',
    'gpt-5',
    'claude-sonnet-4-5',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'gemini-2.5-flash',
    'qwen2.5-vl-72b-instruct',
    'qwen3-vl-plus',
    'qwen3-omni-flash',
    'hunyuan-vision-1.5-instruct',
    'llama-3.2-90b-vision-preview',
    'meta-llama/llama-4-maverick',
    'glm-4.5v',
    'kimi-k2.5',
    'doubao-1-5-vision-pro-32k',
    'unknown-model-1',
  ])('%s sees, or is taken to see', (model) => {
    expect(abilitiesOf(model).sees).toBe(true);
  });

  test('may see and call no tools', () => {
    expect(abilitiesOf('hunyuan-vision-1.5-instruct')).toEqual({ sees: true, tools: false });
    expect(abilitiesOf('gpt-4o')).toEqual({ sees: true, tools: true });
  });
});
