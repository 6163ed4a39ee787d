import { expect, test } from 'vitest';
import type { ImagePart, Message } from '../../shared/chat/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { FetchMedia } from '../../shared/media/fetch.ts';
import { inlineMedia } from '../../shared/media/inline.ts';
import { createFakeTime } from '../support/fake-time.ts';

const { signal } = new AbortController();
const image = (url: string): ImagePart => ({ type: 'image', source: { type: 'url', url } });
const conversation = (...parts: ImagePart[]): { model: string; stream: boolean; messages: Message[] } => ({
  model: 'm',
  stream: false,
  messages: [
    { role: 'user', parts },
    { role: 'tool', results: [{ callId: 'c', parts: [image('https://a.example/tool.png')] }] },
  ],
});

const limits = { maxCount: 10, totalBytes: 1_000, totalMs: 1_000 };
const inlining = (takesUrls: RegExp, fetchMedia: FetchMedia) => ({
  takesUrls,
  fetchMedia,
  limits,
  signal,
  time: createFakeTime(),
});

function fetching(fail?: string) {
  const fetched: string[] = [];
  const fetchMedia: FetchMedia = async (url) => {
    fetched.push(url);
    if (url === fail) throw new GatewayError('invalid_request', 'Cannot be fetched.', { code: 'invalid_image' });
    const bytes = Buffer.from('PNG');
    return { bytes: bytes.length, data: bytes.toString('base64'), digest: '', contentType: 'image/png; q=1' };
  };
  return { fetched, fetchMedia };
}

test('#62 each address is fetched once and put in as bytes, in messages and in results', async () => {
  const { fetched, fetchMedia } = fetching();
  const request = conversation(image('https://a.example/1.png'), image('https://a.example/1.png'));
  const inlined = await inlineMedia(request, inlining(/^never/, fetchMedia));
  const source = { type: 'data', mediaType: 'image/png', data: Buffer.from('PNG').toString('base64') };
  expect(inlined).toMatchObject({
    messages: [{ parts: [{ source }, { source }] }, { results: [{ parts: [{ source }] }] }],
  });
  expect(fetched.sort()).toEqual(['https://a.example/1.png', 'https://a.example/tool.png']);
  expect(request.messages[0]).toMatchObject({ parts: [{ source: { type: 'url' } }, {}] });
});

test('addresses that the provider takes stay, and a request with no others is the same object', async () => {
  const { fetched, fetchMedia } = fetching();
  const request = conversation(image('https://a.example/1.png'));
  expect(await inlineMedia(request, inlining(/^https:/, fetchMedia))).toBe(request);
  expect(fetched).toEqual([]);
});

test('a failure is a refusal that names the place of the part', async () => {
  const { fetchMedia } = fetching('https://a.example/2.png');
  const request = conversation(image('https://a.example/1.png'), image('https://a.example/2.png'));
  expect(await inlineMedia(request, inlining(/^never/, fetchMedia))).toMatchObject({
    refusal: { kind: 'invalid_request', param: 'messages[0].content[1]', code: 'invalid_image' },
  });
});
