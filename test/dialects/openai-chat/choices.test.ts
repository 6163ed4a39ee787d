import { expect, test } from 'vitest';
import { chunk } from '../../support/provider.ts';
import { openaiChat } from './held.ts';
import { context, read } from './reading.ts';

const choices = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const tooMany = expect.objectContaining({
  kind: 'upstream',
  message: expect.stringContaining('more than 1000 choices'),
});

test('a reply of a thousand choices is read, one of more is the failure of the provider', () => {
  expect(openaiChat.readReply({ choices: choices(1000) }, context).choices).toHaveLength(1000);
  expect(() => openaiChat.readReply({ choices: choices(1001) }, context)).toThrow(tooMany);
});

test('a stream of more than a thousand choices is the failure of the provider, in one chunk and in many', () => {
  const half = chunk({}, null, { choices: choices(1000) });
  expect(() => read(half + half)).not.toThrow();
  expect(() => read(chunk({}, null, { choices: choices(1001) }))).toThrow(tooMany);
  expect(() => read(half + chunk({}, null, { choices: [{ index: 1000 }] }))).toThrow(tooMany);
});
