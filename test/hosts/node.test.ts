import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { chunk, sleep, startProvider, startStream, textStream } from '../support/provider.ts';
import { MASTER_KEY, startRig } from '../support/rig.ts';

const WORDS = 50;

describe('the node host', () => {
  test('serves 100 streams at once, each whole, each recorded', async () => {
    const words = Array.from({ length: WORDS }, (_, n) => `w${n} `);
    const provider = await startProvider(async (_, response) => {
      await sleep(400);
      startStream(response);
      for (const text of textStream(words, true)) {
        response.write(text);
        await sleep(20);
      }
      response.end();
    });
    const rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
    const body = { model: 'mock/m', stream: true, messages: [{ role: 'user', content: 'x' }] };
    const texts = await Promise.all(Array.from({ length: 100 }, async () => (await rig.post(body)).text()));
    expect(texts.filter((text) => text.endsWith('data: [DONE]\n\n') && text.includes('w49 ')).length).toBe(100);
    const records = await rig.records(100);
    expect(records.length).toBe(100);
    expect(
      records.every(
        ({ status, outputTokens, finish }) => status === 200 && outputTokens === WORDS && finish === 'stop',
      ),
    ).toBe(true);
    await rig.close();
    await provider.close();
  });

  test('ends the streams under way before it closes, and takes no new request meanwhile', async () => {
    const provider = await startProvider(async (_, response) => {
      startStream(response);
      for (const text of textStream(['a', 'b', 'c'], true)) {
        response.write(text);
        await sleep(50);
      }
      response.end();
    });
    const rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
    const response = await rig.post({ model: 'mock/m', stream: true, messages: [{ role: 'user', content: 'x' }] });
    const closing = rig.close();
    await expect(fetch(`${rig.url}/health`)).rejects.toThrow();
    expect(await response.text()).toContain('[DONE]');
    await closing;
    expect(rig.requests.at(-1)).toMatchObject({ status: 200, finish: 'stop' });
    expect(rig.logged).toEqual([]);
    await provider.close();
  });

  test('#32 a caller who leaves before the first token is no error of the gateway, and the call to the provider is ended', async () => {
    const provider = await startProvider(async (_, response) => {
      await sleep(5000);
      response.end();
    });
    const rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
    for (const stream of [true, false]) {
      const before = provider.left;
      const leave = new AbortController();
      const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ model: 'mock/m', stream, messages: [{ role: 'user', content: 'x' }] });
      const call = fetch(`${rig.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: leave.signal });
      await expect.poll(() => provider.asked.length).toBe(before + 1);
      leave.abort();
      await expect(call).rejects.toThrow();
      await expect.poll(() => provider.left, { timeout: 1000 }).toBe(before + 1);
      await expect.poll(() => rig.requests.length).toBe(before + 1);
      expect(rig.requests.at(-1)).toMatchObject({ status: 499, error: 'caller_left', streamed: stream });
      expect(rig.requests.at(-1)?.usage).toMatchObject({ output: 0, estimated: true });
    }
    expect(rig.logged.filter(({ level }) => level === 'error')).toEqual([]);
    await rig.close();
    await provider.close();
  });

  test('a slow reader slows the provider down instead of filling the memory', async () => {
    let written = 0;
    const provider = await startProvider(async (_, response) => {
      startStream(response);
      const big = chunk({ content: 'x'.repeat(60_000) });
      while (!response.destroyed && written < 2000) {
        written += 1;
        if (!response.write(big))
          await Promise.race([new Promise((resolve) => response.once('drain', resolve)), sleep(3000)]);
      }
    });
    const rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
    const request = http.request(`${rig.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    });
    request.end(JSON.stringify({ model: 'mock/m', stream: true, messages: [{ role: 'user', content: 'x' }] }));
    const response = await new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve));
    response.pause();
    await sleep(500);
    const held = written;
    expect(held).toBeLessThan(1500);
    await sleep(300);
    expect(written).toBeLessThan(held + 50);
    request.destroy();
    await expect.poll(() => provider.left).toBe(1);
    await rig.close();
    await provider.close();
  });

  test('a stale connection of the pool is replaced without the caller noticing', async () => {
    const provider = await startProvider((_, response, position) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: 'x',
          choices: [{ index: 0, message: { role: 'assistant', content: `${position}` }, finish_reason: 'stop' }],
        }),
      );
      // Closed right after the answer, before the client notices.
      setTimeout(() => response.socket?.destroy(), 0);
    });
    const rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
    const statuses = [];
    for (let n = 0; n < 30; n += 1)
      statuses.push((await rig.post({ model: 'mock/m', messages: [{ role: 'user', content: 'x' }] })).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await rig.close();
    await provider.close();
  });
});
