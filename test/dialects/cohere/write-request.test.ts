import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Tool } from '../../../shared/chat/request.ts';
import { cohere } from '../../../shared/dialects/cohere/provider/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { ask, failure, written } from './wire.ts';

const bodyOf = (request: Partial<ChatRequest>, traits: Traits = {}) => written(cohere, ask(request), traits).body;
const droppedOf = (request: Partial<ChatRequest>, traits: Traits = {}) => written(cohere, ask(request), traits).dropped;
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const tool = (name: string): Tool => ({
  kind: 'function',
  name,
  description: `Gives the ${name}.`,
  schema: { type: 'object' },
});

describe('a request to Cohere', () => {
  test('carries every parameter under its own name there', () => {
    const body = bodyOf({
      stream: true,
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      stop: ['END'],
      logprobs: { top: 0 },
    });
    expect(body).toEqual({
      model: 'model-1',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 100,
      temperature: 0.5,
      p: 0.9,
      k: 40,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop_sequences: ['END'],
      logprobs: true,
      stream: true,
    });
  });

  test('goes to /chat', () => {
    expect(cohere.path({ model: 'command-a', stream: true })).toBe('/chat');
  });

  test('#59 equal requests give equal bytes, and equal beginnings equal beginnings', () => {
    const text = (messages: Message[]) =>
      Buffer.from(cohere.writeRequest(ask({ messages }), { model: 'm', traits: {} }).body).toString();
    expect(text([user('a'), user('b')])).toBe(text([user('a'), user('b')]));
    expect(text([user('a'), user('b')]).startsWith(text([user('a')]).slice(0, -2))).toBe(true);
  });

  test('#84 the bound on tokens is left out where none is given, and kept below the most that the model can', () => {
    expect(bodyOf({})).not.toHaveProperty('max_tokens');
    expect(bodyOf({ maxTokens: 9000 }, { maxOutputTokens: 4096 }).max_tokens).toBe(4096);
    expect(bodyOf({ maxTokens: 90 }, { maxOutputTokens: 4096 }).max_tokens).toBe(90);
  });

  test('#85 empty stops are left out; more than five are refused', () => {
    expect(bodyOf({ stop: ['', 'END'] }).stop_sequences).toEqual(['END']);
    expect(bodyOf({ stop: [''] })).not.toHaveProperty('stop_sequences');
    expect(failure(() => bodyOf({ stop: ['1', '2', '3', '4', '5', '6'] }))).toMatchObject({
      kind: 'invalid_request',
      param: 'stop',
    });
  });

  test('#87 for several answers is refused', () => {
    expect(failure(() => bodyOf({ choices: 2 }))).toMatchObject({ param: 'n', code: 'unsupported_value', status: 400 });
    expect(bodyOf({ choices: 1 }).messages).toHaveLength(1);
  });

  test('#88 values outside of its ranges are moved into them; a penalty that asks for repetition is dropped', () => {
    expect(bodyOf({ topP: 1, topK: 1000, frequencyPenalty: 2 })).toMatchObject({
      p: 0.99,
      k: 500,
      frequency_penalty: 1,
    });
    expect(bodyOf({ topP: 0 }).p).toBe(0.01);
    expect(bodyOf({ presencePenalty: -1 })).not.toHaveProperty('presence_penalty');
    expect(droppedOf({ presencePenalty: -1 })).toEqual(['presence_penalty']);
  });

  test('names what it cannot carry', () => {
    const native = { dialect: 'openai-chat', fields: { logit_bias: { 1: 2 }, store: true, metadata: null } };
    const request = { native, endUser: 'u', serviceTier: 'auto', parallelToolCalls: false, logprobs: { top: 3 } };
    expect(droppedOf(request)).toEqual([
      'top_logprobs',
      'parallel_tool_calls',
      'user',
      'service_tier',
      'logit_bias',
      'store',
    ]);
    expect(droppedOf({ seed: 1, tools: [{ ...tool('f'), strict: true }] }, { drops: ['seed'] })).toEqual([
      'strict',
      'seed',
    ]);
    expect(bodyOf({ seed: 1 }, { drops: ['seed'] })).not.toHaveProperty('seed');
  });

  test.each(['audio', 'web_search_options'])('refuses %s: without it the answer would be another one', (name) => {
    const native = { dialect: 'openai-chat', fields: { [name]: {} } };
    expect(failure(() => bodyOf({ native }))).toMatchObject({ kind: 'invalid_request', param: name });
  });

  test('asks for JSON, with its schema where there is one', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    expect(bodyOf({ format: { type: 'json' } }).response_format).toEqual({ type: 'json_object' });
    expect(bodyOf({ format: { type: 'json-schema', name: 'n', schema } }).response_format).toEqual({
      type: 'json_object',
      json_schema: schema,
    });
    expect(bodyOf({ format: { type: 'text' } })).not.toHaveProperty('response_format');
  });

  test.each([
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ enabled: false }, { type: 'disabled' }],
    [{ effort: 'low' }, { type: 'enabled', token_budget: 2048 }],
    [{ budget: 500 }, { type: 'enabled', token_budget: 500 }],
    [{ effort: 'max' }, { type: 'enabled' }],
  ])('switches thinking as %j says', (reasoning, thinking) => {
    expect(bodyOf({ reasoning }).thinking).toEqual(thinking);
  });
});

describe('tools for Cohere', () => {
  test('are written as functions, without parameters as an empty object', () => {
    expect(bodyOf({ tools: [tool('time'), { kind: 'function', name: 'clock' }] }).tools).toEqual([
      { type: 'function', function: { name: 'time', description: 'Gives the time.', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  test('#72 every choice among them has its form: a named tool is forced by offering no other', () => {
    const tools = [tool('a'), tool('b'), tool('c')];
    const offered = (toolChoice: ChatRequest['toolChoice'] & {}) => {
      const { tools: wire, tool_choice } = bodyOf({ tools, toolChoice });
      return [(wire as { function: { name: string } }[]).map(({ function: { name } }) => name).join(''), tool_choice];
    };
    expect(offered({ type: 'auto' })).toEqual(['abc', undefined]);
    expect(offered({ type: 'none' })).toEqual(['abc', 'NONE']);
    expect(offered({ type: 'required' })).toEqual(['abc', 'REQUIRED']);
    expect(offered({ type: 'tool', name: 'b' })).toEqual(['b', 'REQUIRED']);
    expect(offered({ type: 'allowed', mode: 'auto', names: ['a', 'c'] })).toEqual(['ac', undefined]);
    expect(offered({ type: 'allowed', mode: 'required', names: ['a'] })).toEqual(['a', 'REQUIRED']);
    expect(failure(() => offered({ type: 'tool', name: 'x' }))).toMatchObject({ param: 'tool_choice', status: 400 });
  });

  test('#68 that are none leave no trace', () => {
    const body = bodyOf({ tools: [], toolChoice: { type: 'required' } });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
  });

  test('of a kind it does not know are refused, naming the tool', () => {
    const custom: Tool = { kind: 'custom', name: 'shell' };
    const native: Tool = { kind: 'native', name: 'web_search', native: { dialect: 'openai-chat', fields: {} } };
    expect(failure(() => bodyOf({ tools: [tool('a'), custom] }))).toMatchObject({ param: 'tools[1]', status: 400 });
    expect(failure(() => bodyOf({ tools: [native] })).message).toContain('web_search');
  });
});
