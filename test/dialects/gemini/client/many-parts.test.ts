import { describe, expect, test } from 'vitest';
import { readRequest } from '../../../../shared/dialects/gemini/client/read/request.ts';

const url = { path: '/v1beta/models/m:generateContent', query: '' };

describe('very many parts of one turn', () => {
  const many = <Item>(item: Item) => Array.from({ length: 30_000 }, () => item);
  const read = (...contents: object[]) => readRequest({ contents }, url).messages;

  test('that each carry thinking keep their order', () => {
    const thoughtSignature = Buffer.from('sluice{"thinking":[{"text":"x"}]}').toString('base64');
    const [message] = read({ role: 'model', parts: many({ text: 'a', thoughtSignature }) });
    const parts = (message as { parts: { type: string }[] }).parts;
    expect(parts).toHaveLength(60_000);
    expect(parts.slice(-2).map(({ type }) => type)).toEqual(['thinking', 'text']);
  });

  test('of calls and results that fit none keep their own ids', () => {
    const [, message] = read(
      { role: 'model', parts: many({ functionCall: { id: 'a', name: 'f' } }) },
      { role: 'user', parts: many({ functionResponse: { id: 'z', name: 'z' } }) },
    );
    expect((message as { results: object[] }).results.at(-1)).toMatchObject({ callId: 'z' });
  });
});
