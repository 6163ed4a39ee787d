import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildFunction, MASTER_KEY } from '../built-function.ts';

test('the built bundle, outside the repository, makes and lists keys as a function', async () => {
  const { bundle, answersTo } = await buildFunction('admin', { providers: { openai: {} } });
  const event = (method: string, rawPath: string, key: string, body?: unknown) => ({
    rawPath: `/admin/v1${rawPath}`,
    rawQueryString: '',
    headers: { authorization: `Bearer ${key}` },
    requestContext: { http: { method, sourceIp: '192.0.2.1' } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answers = await answersTo([
    event('GET', '/status', MASTER_KEY),
    event('POST', '/keys', MASTER_KEY, { name: 'from a function' }),
    event('GET', '/keys', MASTER_KEY),
    ...Array.from({ length: 11 }, () => event('GET', '/keys', 'sk-wrong')),
  ]);
  // The eleventh wrong key of an address waits.
  expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, ...Array(10).fill(401), 429]);
  expect(JSON.parse(answers[0]!.text)).toMatchObject({ status: 'ready' });
  expect(JSON.parse(answers[2]!.text).data).toMatchObject([{ name: 'from a function' }]);

  // What a person uses at a terminal is in no bundle.
  const code = await readFile(bundle, 'utf8');
  expect(code.includes('showSuggestionAfterError')).toBe(false);
});
