import { validateHeaderValue } from 'node:http';
import { expect, test } from 'vitest';
import { GatewayError, refuse } from '../../shared/errors.ts';
import { exposedHeaders, reportHeaders } from '../../shared/gateway/response-headers.ts';
import { openDirect } from '../support/direct.ts';

test('what was dropped, changed and described is reported, and nothing else', () => {
  expect(reportHeaders({ dropped: ['seed', 'n'], changes: { merged: 2, filled: 1 }, vision: 'hits=1' })).toEqual({
    'x-sluice-dropped': 'seed, n',
    'x-sluice-normalized': 'merged=2,filled=1',
    'x-sluice-vision': 'hits=1',
  });
  expect(reportHeaders({ dropped: [] })).toEqual({});
  expect(reportHeaders({ dropped: [], changes: {} })).toEqual({});
});

test.each([
  ['with a line break', 'a\r\nx-evil: 1'],
  ['in Japanese', '日本'],
  ['of 20 KB', 'x'.repeat(20_000)],
  ['with a NUL', '\0'],
  ['of no letters', ''],
  ['in Latin-1', 'é'],
  ['of half a character', '\ud800'],
])('a dropped field %s is named in a legal header', (_, name) => {
  const value = reportHeaders({ dropped: [name, 'seed'] })['x-sluice-dropped']!;
  expect(() => validateHeaderValue('x-sluice-dropped', value)).not.toThrow();
  expect(value).toMatch(/^[ -~]*$/);
  expect(value.length).toBeLessThan(1_100);
  expect(value.endsWith(', seed')).toBe(true);
});

/** Everything that can be reported, in one answer or another. */
async function headersWritten(): Promise<Set<string>> {
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}` },
  };
  const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };
  const limited = new GatewayError('rate_limited', 'Too fast.', { retryAfter: 1 });
  const { call } = openDirect({
    definition: {
      providers: {
        p: { ...own, traits: { drops: ['seed'], alternation: 'strict' } },
        eyes: own,
        busy: own,
        anthropic: {},
      },
      models: { blind: { targets: 'p/m', sees: false, vision: ['eyes/v'] } },
    },
    reply: ({ url }) => {
      if (url.includes('anthropic')) return refuse(new GatewayError('upstream', 'No counts.'));
      return {
        json: {
          id: 'x',
          model: 'm',
          choices: [{ message: { content: 'A picture of a small red boat on a calm lake.' }, finish_reason: 'stop' }],
        },
      };
    },
  });
  const refusing = openDirect({ reply: () => refuse(limited) });
  const text = { role: 'user', content: 'hi' };
  const answers = await Promise.all([
    call('/v1/chat/completions', {
      body: { model: 'blind', seed: 1, messages: [{ role: 'user', content: [image] }, text] },
    }),
    call('/v1/messages/count_tokens', { body: { model: 'p/m', messages: [text] } }),
    refusing.call('/v1/chat/completions', { body: { model: 'p/m', messages: [text] } }),
  ]);
  return new Set(answers.flatMap(({ headers }) => Object.keys(headers)));
}

test('a browser may read each header that is ours, and no header that is never written', async () => {
  const written = await headersWritten();
  const everyResponseHas = ['content-type'];
  expect([...written].filter((name) => !everyResponseHas.includes(name)).sort()).toEqual([...exposedHeaders].sort());
});
