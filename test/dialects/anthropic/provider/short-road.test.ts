import { describe, expect, test } from 'vitest';
import { anthropicClient } from '../../../../shared/dialects/anthropic/client/dialect.ts';
import { anthropic } from '../../../../shared/dialects/anthropic/provider/dialect.ts';
import type { Traits } from '../../../../shared/dialects/traits.ts';
import { type JsonObject, readJsonBody } from '../../../../shared/http/json.ts';
import { editMembers } from '../../../../shared/http/json-members.ts';
import { deepseek } from '../../../../shared/providers/chinese/deepseek.ts';
import { write } from '../reading.ts';

const deepseekClaude = deepseek.endpoints![0]!;

const short = anthropic.short!;
const body = (extra: JsonObject = {}, messages: unknown[] = [{ role: 'user', content: 'hi' }]): JsonObject => ({
  model: 'alias',
  max_tokens: 32_000,
  messages,
  ...extra,
});

function pass(value: JsonObject, model = 'claude-opus-5', traits: Traits = {}) {
  const text = JSON.stringify(value).replace('"model":', ' "model" : ');
  const read = readJsonBody(Buffer.from(text));
  const glance = anthropicClient.glance(read.value);
  const { edits, dropped } = short.edit(read, glance, { model, traits });
  const sent = editMembers(read, edits).toString();
  return { text, sent, value: JSON.parse(sent) as JsonObject, dropped, mayPass: short.mayPass(glance, traits, model) };
}

const thinkingPart = (signature?: string) => [
  { role: 'user', content: 'x' },
  {
    role: 'assistant',
    content: [{ type: 'thinking', thinking: 't', ...(signature === undefined ? {} : { signature }) }],
  },
];
const systemTurn = [
  { role: 'user', content: 'x' },
  { role: 'system', content: 's' },
];

describe('the short road', () => {
  test('#91 betas pass untouched: only the model’s name is another', () => {
    const sent = body(
      {
        context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
        output_config: { effort: 'high' },
        thinking: { type: 'adaptive', display: 'updates' },
        tools: [
          {
            name: 'f',
            input_schema: { $schema: 's', maximum: 1.0 },
            defer_loading: true,
            cache_control: { type: 'ephemeral', scope: 'x' },
          },
        ],
      },
      systemTurn,
    );
    const { text, sent: passed, dropped, mayPass } = pass(sent);
    expect(mayPass).toBe(true);
    expect(passed).toBe(text.replace('"alias"', '"claude-opus-5"'));
    expect(dropped).toEqual([]);
    expect(short.forwards).toEqual(['anthropic-beta', 'anthropic-version', 'x-claude-code-*']);
  });

  test('#84 more tokens than the model can say are cut to what it can', () => {
    expect(pass(body(), 'claude-3-5-haiku-20241022').value.max_tokens).toBe(8192);
    expect(pass(body(), 'glm-5', { maxOutputTokens: 4096 }).value.max_tokens).toBe(4096);
    expect(pass(body(), 'glm-5').value.max_tokens).toBe(32_000);
  });

  test('#68 an empty list of tools and its choice go', () => {
    expect(pass(body({ tools: [], tool_choice: { type: 'auto' } })).value).toEqual({
      ...body(),
      model: 'claude-opus-5',
    });
  });

  test('vendors of the dialect get what they know: no betas, thinking by budget', () => {
    const sent = body({
      context_management: {},
      output_config: { effort: 'high' },
      thinking: { type: 'adaptive', display: 'updates' },
    });
    const { value, dropped, mayPass } = pass(sent, 'deepseek-v4', deepseekClaude.traits);
    expect(mayPass).toBe(true);
    expect(value).toEqual({ ...body(), model: 'deepseek-v4', thinking: { type: 'enabled', budget_tokens: 16_384 } });
    expect(dropped).toEqual(['context_management', 'output_config']);
    const enabled = { thinking: { type: 'enabled', budget_tokens: 2000 } };
    expect(pass(body(enabled), 'k', deepseekClaude.traits).value).toMatchObject(enabled);
    expect(pass(body(enabled), 'k', { thinkingControl: 'none' })).toMatchObject({ dropped: ['thinking'] });
    expect(pass(body({ temperature: 1, top_k: 2 }), 'k', { sampling: 'drop' }).dropped).toEqual([
      'temperature',
      'top_k',
    ]);
  });

  test('tool search passes to its vendor’s models, and takes the long road, in words, to models of other makers', () => {
    const reference = { type: 'tool_reference', tool_name: 'f' };
    const found = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ToolSearch', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [reference] }] },
    ];
    const search = { tools: [{ type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' }] };
    const deferred = { tools: [{ name: 'f', input_schema: { type: 'object' }, defer_loading: true }] };
    for (const [more, messages] of [
      [{}, found],
      [search, undefined],
    ] as const) {
      expect(pass(body(more, messages), 'claude-opus-5').mayPass).toBe(true);
      expect(pass(body(more, messages), 'glm-5').mayPass).toBe(false);
      expect(pass(body(more, messages), 'glm-5', { toolSearch: 'keep' }).mayPass).toBe(true);
      expect(pass(body(more, messages), 'claude-opus-5', { toolSearch: 'none' }).mayPass).toBe(false);
    }
    // Who does not know the field reads an ordinary tool.
    expect(pass(body(deferred), 'glm-5').mayPass).toBe(true);
  });

  test('#48 #82 what a provider would refuse or must not see takes the long road', () => {
    expect(pass(body({}, systemTurn)).mayPass).toBe(true);
    expect(pass(body({}, systemTurn), 'claude-haiku-4-5').mayPass).toBe(false);
    expect(pass(body({}, systemTurn), 'claude-opus-5', { systemTurns: 'remind' }).mayPass).toBe(false);
    expect(pass(body({}, thinkingPart('SIG'))).mayPass).toBe(true);
    expect(pass(body({}, thinkingPart('SIG')), 'm', { thinkingHistory: 'strip' }).mayPass).toBe(false);
    expect(pass(body({}, thinkingPart(''))).mayPass).toBe(false);
    expect(pass(body({}, thinkingPart())).mayPass).toBe(false);
    expect(pass(body({}, thinkingPart()), 'm', { thinkingHistory: 'keep' }).mayPass).toBe(true);
    expect(pass(body({}, thinkingPart('sluice.thinking.gemini..X')), 'm', { thinkingHistory: 'keep' }).mayPass).toBe(
      false,
    );
  });
});

describe('the long road between two who speak the same', () => {
  test('#91 betas are left behind with the header they need, the rest arrives', () => {
    const { sent, dropped } = write(
      body({
        system: 'S',
        context_management: {},
        speed: 'fast',
        cache_control: { type: 'ephemeral' },
        thinking: { type: 'enabled', budget_tokens: 2000, display: 'updates' },
        metadata: { user_id: 'u' },
        service_tier: 'standard_only',
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {} }, defer_loading: true }],
      }),
    );
    expect(sent).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 32_000,
      cache_control: { type: 'ephemeral' },
      thinking: { type: 'enabled', budget_tokens: 2000 },
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      system: [{ type: 'text', text: 'S' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    });
    expect(dropped).toEqual(['context_management', 'speed']);
  });
});
