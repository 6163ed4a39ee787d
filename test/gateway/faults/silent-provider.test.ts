import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson, sleep, startProvider, startStream, type TestProvider, textStream } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Providers that think before they speak: the status is held for a while, then the stream is kept alive. */
let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider(async ({ body }, response) => {
    await sleep(250);
    if (body.model === 'refuses') return sendJson(response, 500, { error: { message: 'after all, no' } });
    startStream(response);
    for (const text of textStream(['at', ' last'], false)) {
      await sleep(60);
      response.write(text);
    }
    response.end();
  });
  rig = await startRig({
    definition: {
      providers: { mock: { baseUrl: provider.url, auth: 'none' } },
      models: { falls: ['mock/refuses', 'mock/speaks'] },
      stream: { commitAfterMs: 80, keepAliveMs: 40 },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const ask = (model: string) => rig.post({ model, stream: true, messages: [{ role: 'user', content: 'x' }] });

describe('#11 a silent provider', () => {
  test('is waited for with comments between its events, never inside one', async () => {
    const response = await ask('mock/speaks');
    const text = await response.text();
    const frames = text.split('\n\n').filter((frame) => frame !== '');
    expect(frames.filter((frame) => frame === ': keep-alive').length).toBeGreaterThan(3);
    expect(
      frames.every((frame) => frame === ': keep-alive' || frame === 'data: [DONE]' || JSON.parse(frame.slice(6))),
    ).toBe(true);
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
  });

  test('that refuses after the status went out is reported inside the stream', async () => {
    const response = await ask('mock/refuses');
    expect(response.status).toBe(200);
    expect((await response.text()).trimEnd().split('\n\n').at(-1)).toContain('The provider answered with status 500.');
    await expect.poll(() => rig.requests.at(-1)).toMatchObject({ status: 502, error: 'upstream' });
  });

  test('gives way to the next target even then, as nothing was said yet', async () => {
    const text = await (await ask('falls')).text();
    expect(text).toContain('"content":" last"');
    expect(text).not.toContain('error');
  });
});
