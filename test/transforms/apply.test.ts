import { expect, test } from 'vitest';
import type { ChatRequest } from '../../shared/chat/request.ts';
import { transformed, transforms } from '../../shared/transforms/apply.ts';
import type { TransformTraits } from '../../shared/transforms/transform.ts';
import { requestOf, textEvent, user } from './requests.ts';

const apply = (request: ChatRequest, traits: TransformTraits) => transformed({ request: () => request }, { traits });

test('where no transform is wanted there is nothing to apply, and no trait means no transform', () => {
  expect(apply(requestOf({ seed: 7, stop: ['x'] }), {})).toBeUndefined();
});

test('every transform has a name of its own', () => {
  expect(new Set(transforms.map(({ name }) => name)).size).toBe(transforms.length);
});

test('changes add up: each transform sees the request as the one before it left it', () => {
  const tools = [{ kind: 'function' as const, name: 'find' }];
  const request = requestOf({
    messages: [user('a'), user('b')],
    seed: 12,
    tools,
    toolChoice: { type: 'required' },
  });
  const done = apply(request, { alternation: 'strict', toolChoice: 'auto', mostSeed: 10 });
  expect(done).toMatchObject({
    request: { seed: 3, toolChoice: { type: 'auto' } },
    changes: { seed: 1, tool_choice: 1, merged: 2 },
    weakened: ['tool_choice'],
  });
  expect(JSON.stringify(done?.request.messages)).toContain('必须调用工具 find');
  expect(done).not.toHaveProperty('filter');
  expect(request.seed).toBe(12);
});

test('a filter for the answer alone leaves the request as it is', () => {
  const request = requestOf({ stop: ['END'] });
  const done = apply(request, { stopIncluded: true });
  expect(done?.request).toBe(request);
  expect(done).toMatchObject({ changes: {}, weakened: [] });
  expect(done?.filter?.take(textEvent('one END two'))).toEqual([textEvent('one ')]);
});

test('thinking is separated first: a stop text inside it does not end the answer', () => {
  const { filter } = apply(requestOf({ stop: ['END'] }), { stopIncluded: true, thinkingTags: 'written' })!;
  const events = filter!.take(textEvent('<think>the END is near</think>ok END more'));
  expect(events).toEqual([{ type: 'thinking', text: 'the END is near' }, textEvent('ok ')]);
});

test('a conversation whose roles alternate already has nothing to apply', () => {
  expect(apply(requestOf({ messages: [user('a')] }), { alternation: 'strict' })).toBeUndefined();
});

test('filters for the answer are applied in turn', () => {
  const done = apply(requestOf({ stop: ['END'] }), { stopIncluded: true, thinkingTags: 'written' });
  const events = done!.filter!.take(textEvent('<think>hm</think>one END'));
  expect(events.filter(({ type }) => type === 'thinking' || type === 'text')).toMatchObject([
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'one ' },
  ]);
});
