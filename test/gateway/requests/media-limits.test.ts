import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

let hosting: http.Server;
let provider: TestProvider;
let rig: Rig;
let sent = 0;

beforeAll(async () => {
  const image = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(1_000_000, 'x')]);
  hosting = http.createServer((_, response) => {
    sent += 1;
    response.setHeader('content-type', 'image/png').end(image);
  });
  await new Promise<void>((resolve) => hosting.listen(0, '127.0.0.1', resolve));
  provider = await startProvider((_, response) =>
    sendJson(response, 200, { candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] }),
  );
  const host = `127.0.0.1:${(hosting.address() as AddressInfo).port}`;
  rig = await startRig({
    definition: {
      providers: { ge: { preset: 'gemini', baseUrl: provider.url } },
      media: { trustedHosts: [host] },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
  hosting.closeAllConnections();
  hosting.close();
});

function ask(count: number) {
  const { port } = hosting.address() as AddressInfo;
  const images = Array.from({ length: count }, (_, n) => ({
    type: 'image_url',
    image_url: { url: `http://127.0.0.1:${port}/${n}` },
  }));
  return rig.post({ model: 'ge/gemini-x', messages: [{ role: 'user', content: images }] });
}

test('sixty addresses of large images are refused with the limit, before the provider is asked', async () => {
  const response = await ask(60);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: {
      code: 'too_much_media',
      param: expect.stringMatching(/^messages\[0\]\.content\[\d+\]/),
      message: expect.stringContaining('`media.totalBytes`'),
    },
  });
  expect(sent).toBeLessThan(30);
  expect(provider.asked).toEqual([]);
});

test('more addresses than may be fetched are refused before the first is', async () => {
  const before = sent;
  const response = await ask(101);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('`media.maxCount`')]);
  expect(sent).toBe(before);
});

test('as many as fit are put in as bytes', async () => {
  const response = await ask(9);
  expect(response.status).toBe(200);
  expect(provider.asked).toHaveLength(1);
});
