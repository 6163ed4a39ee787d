import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chunk,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Providers and callers with odd bytes: compressed, not quite JSON, control characters, images without a name. */
let provider: TestProvider;
let rig: Rig;
let pictures: http.Server;
let picturesHost = '';

const squeeze = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const nan =
  '{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"a: NaN, b"},"finish_reason":"stop","logprobs":{"content":[{"token":"a","logprob":-Infinity},{"token":"b","logprob":NaN}]}}]}';

beforeAll(async () => {
  provider = await startProvider(({ body, path }, response) => {
    const how = String(body.model);
    if (how in squeeze) {
      const bytes = squeeze[how as keyof typeof squeeze](
        body.stream ? textStream(['squeezed'], true).join('') : JSON.stringify(completion('squeezed')),
      );
      response.writeHead(200, {
        'content-type': body.stream ? 'text/event-stream' : 'application/json',
        'content-encoding': how,
      });
      return void response.end(bytes);
    }
    if (how === 'nan' && body.stream) {
      startStream(response);
      return void response.end(
        `${chunk({ content: 'a' }, 'stop').replace('"logprobs":null', '"logprobs":{"content":[{"token":"a","logprob":NaN}]}')}data: [DONE]\n\n`,
      );
    }
    if (how === 'nan') return sendJson(response, 200, nan);
    if (path.includes('generateContent')) {
      return sendJson(response, 200, {
        candidates: [{ content: { role: 'model', parts: [{ text: 'seen' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
      });
    }
    sendJson(response, 200, completion('<think>hm</think>ok END and more'));
  });
  pictures = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(request.url?.startsWith('/bucket/key?X-Amz-Signature=') ? PNG : 'nothing');
  });
  await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
  picturesHost = `127.0.0.1:${(pictures.address() as AddressInfo).port}`;
  const place = { baseUrl: provider.url, auth: 'none' };
  rig = await startRig({
    definition: {
      providers: {
        short: place,
        long: { ...place, traits: { developerAsSystem: true } },
        thinker: { ...place, traits: { thinkingTags: 'written', stopIncluded: true } },
        gemini: { baseUrl: provider.url },
      },
      media: { trustedHosts: [picturesHost] },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
  pictures.closeAllConnections();
  pictures.close();
});

const messages = [
  { role: 'developer', content: 'd' },
  { role: 'user', content: 'x' },
];

describe('#9 a provider that compresses all the same', () => {
  test.each(['gzip', 'deflate', 'br'])('is read, and its headers stay behind: %s', async (how) => {
    for (const road of ['short', 'long']) {
      for (const stream of [false, true]) {
        const response = await rig.post({ model: `${road}/${how}`, stream, messages });
        expect(response.headers.get('content-encoding')).toBeNull();
        expect(await response.text()).toContain('squeezed');
      }
    }
  });
});

describe('#89 log probabilities that are no JSON', () => {
  test.each(['short', 'long'])('come out as JSON on the %s road', async (road) => {
    const response = await rig.post({ model: `${road}/nan`, messages });
    const { choices } = (await response.json()) as {
      choices: { message: { content: string }; logprobs: { content: object[] } }[];
    };
    expect(choices[0]?.message.content).toBe('a: NaN, b');
    expect(choices[0]?.logprobs.content).toEqual([
      { token: 'a', logprob: -9999 },
      { token: 'b', logprob: null },
    ]);
  });

  test('come out as JSON in a stream that is translated', async () => {
    const text = await (await rig.post({ model: 'long/nan', stream: true, messages })).text();
    expect(text).toContain('"logprobs":{"content":[{"token":"a","logprob":null}]}');
  });
});

describe('#58 control characters in a tool’s output', () => {
  test.each(['short', 'long'])('reach the provider as they are on the %s road', async (road) => {
    const content = 'a\u0000b\u001b[0m\u0007';
    const history = [
      ...messages,
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c', content },
    ];
    expect((await rig.post({ model: `${road}/m`, messages: history })).status).toBe(200);
    expect(provider.asked.at(-1)?.text).toContain('\\u0000b\\u001b');
    expect((provider.asked.at(-1)!.body.messages as { content: string }[]).at(-1)?.content).toBe(content);
  });
});

describe('#62 #63 an image by a presigned address, without a name and of no type', () => {
  test('reaches a provider that wants bytes as what its bytes say it is', async () => {
    const url = `http://${picturesHost}/bucket/key?X-Amz-Signature=abc&X-Amz-Expires=60`;
    const asked = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ];
    expect((await rig.post({ model: 'gemini/gemini-2.5-flash', messages: asked })).status).toBe(200);
    expect(provider.asked.at(-1)?.text).toContain(
      JSON.stringify({ mimeType: 'image/png', data: PNG.toString('base64') }).slice(1, -1),
    );
  });

  test('that cannot be fetched is a 400 that names the part', async () => {
    const asked = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'https://169.254.169.254/a.png' } },
        ],
      },
    ];
    const response = await rig.post({ model: 'gemini/gemini-2.5-flash', messages: asked });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: object }).error).toMatchObject({
      param: 'messages[0].content[1]',
      code: 'invalid_image_url',
    });
  });
});

describe('#81 #86 a provider that thinks aloud and leaves the stop text in', () => {
  test('is mended, whole and streamed', async () => {
    const body = { model: 'thinker/m', messages, stop: ['END'] };
    const whole = (await (await rig.post(body)).json()) as { choices: { message: object }[] };
    expect(whole.choices[0]?.message).toMatchObject({ content: 'ok ', reasoning_content: 'hm' });
    expect(provider.asked.at(-1)?.body.stop).toEqual(['END']);
  });
});
