import { describe, expect, test } from 'vitest';
import type { Reasoning } from '../../../shared/chat/request.ts';
import { writeReasoning } from '../../../shared/dialects/openai-chat/provider/reasoning.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';

describe('#83 how much to think', () => {
  test.each<[Reasoning, string, Traits, object, string[]]>([
    [{ effort: 'low' }, 'gpt-5', {}, { reasoning_effort: 'low' }, []],
    [{ effort: 'max' }, 'gpt-5', {}, { reasoning_effort: 'high' }, []],
    [{ enabled: true, budget: 2048 }, 'o3', {}, { reasoning_effort: 'low' }, []],
    [{ enabled: true, budget: 31_999 }, 'o3', {}, { reasoning_effort: 'high' }, []],
    [{ enabled: false }, 'gpt-5', {}, {}, []],
    [{ effort: 'high' }, 'gpt-4o', {}, {}, ['reasoning_effort']],
    [{ enabled: false }, 'gpt-4o', {}, {}, []],
    [{ effort: 'high' }, 'gpt-4o', { thinkingControl: 'reasoning_effort' }, { reasoning_effort: 'high' }, []],
    [
      { effort: 'high', budget: 900 },
      'qwen3',
      { thinkingControl: 'enable_thinking' },
      { enable_thinking: true, thinking_budget: 900 },
      [],
    ],
    [{ effort: 'none' }, 'qwen3', { thinkingControl: 'enable_thinking' }, { enable_thinking: false }, []],
    [{ enabled: true }, 'glm', { thinkingControl: 'thinking' }, { thinking: { type: 'enabled' } }, []],
    [{ effort: 'none' }, 'glm', { thinkingControl: 'thinking' }, { thinking: { type: 'disabled' } }, []],
  ])('%j to %s with %j is %j', (reasoning, model, traits, fields, dropped) => {
    expect(writeReasoning(reasoning, model, traits)).toEqual({ fields, dropped });
  });
});
