import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chunk,
  completion,
  sendJson,
  sleep,
  startProvider,
  startStream,
  type TestProvider,
  usageChunk,
} from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** The short road: bytes in, the same bytes out. */
let provider: TestProvider;
let rig: Rig;
/** What the provider sends next, cut as it is listed. */
let pieces: Buffer[] = [];

beforeAll(async () => {
  provider = await startProvider(async (_, response) => {
    startStream(response);
    for (const piece of pieces) {
      response.write(piece);
      if (pieces.length < 40) await sleep(1);
    }
    response.end();
  });
  rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const ask = {
  model: 'mock/m',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'x' }],
};

async function bytesThrough(text: string, cuts: readonly number[], body: object = ask): Promise<Buffer> {
  const bytes = Buffer.from(text);
  const points = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
  pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
  return Buffer.from(await (await rig.post(body)).arrayBuffer());
}

const unknownFields = { system_fingerprint: 'fp', x_vendor: { deep: [1, { a: '\u2028' }] }, big: 1 };
const stream = [
  ': OPENROUTER PROCESSING\r\n\r\n',
  chunk({ role: 'assistant', content: '' }, null, unknownFields).replaceAll('\n', '\r\n'),
  chunk({ content: '你好 🌍', vendor_delta: { signature: 'abc==' } }),
  chunk({ content: 'é' }).replace('data: ', 'data:'),
  ': keep-alive\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  chunk({}, 'stop'),
  usageChunk({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }),
  'data: [DONE]\n\n',
].join('');

describe('a stream between two that speak OpenAI', () => {
  test('comes through byte for byte, cut at every byte in turn', async () => {
    const length = Buffer.byteLength(stream);
    for (let cut = 1; cut < length; cut += 7) {
      const through = await bytesThrough(stream, [cut, cut + 1, cut + 3]);
      expect(through.equals(Buffer.from(stream)), `cut at ${cut}`).toBe(true);
    }
  });

  test('comes through byte for byte, whatever the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2000), { maxLength: 30 }), async (cuts) => {
        expect((await bytesThrough(stream, cuts)).equals(Buffer.from(stream))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('loses only the usage event, and only where the caller did not ask for it', async () => {
    const through = await bytesThrough(stream, [], { ...ask, stream_options: undefined });
    const usage = usageChunk({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 });
    expect(through.toString()).toBe(stream.replace(usage, ''));
  });

  test('an event that we cannot read passes all the same', async () => {
    const odd = stream.replace('event: ping\n', 'data: not json\n\nevent: ping\n');
    expect((await bytesThrough(odd, [])).toString()).toBe(odd);
  });

  test('#27 a stream that ends before its finish ends in an error, not in silence', async () => {
    const broken = chunk({ role: 'assistant', content: 'Once upon' });
    const through = (await bytesThrough(broken, [])).toString();
    expect(through.startsWith(broken)).toBe(true);
    expect(JSON.parse(through.slice(broken.length).replace(/^data: /, '')).error).toMatchObject({
      type: 'server_error',
    });
    expect(through).not.toContain('[DONE]');
    await expect
      .poll(() => rig.requests.at(-1))
      .toMatchObject({ error: 'upstream', status: 502, usage: { estimated: true } });
  });

  test('#28 a finish without [DONE] is an end, and the caller gets the [DONE] that clients wait for', async () => {
    const short = chunk({ role: 'assistant', content: 'Hi' }) + chunk({}, 'stop');
    expect((await bytesThrough(short, [])).toString()).toBe(`${short}data: [DONE]\n\n`);
    await expect.poll(() => rig.requests.at(-1)).toMatchObject({ status: 200, finish: 'stop' });
  });

  test('#30 an error inside the stream is written in our words, without the provider’s key', async () => {
    const failing = `${chunk({ content: 'Hi' })}data: {"error":{"message":"bad key sk-live-abcdefghijkl","code":429}}\n\n`;
    const through = (await bytesThrough(failing, [])).toString();
    expect(through).toContain('"code":"rate_limit_exceeded"');
    expect(through).not.toContain('sk-live');
    await expect.poll(() => rig.requests.at(-1)?.error).toBe('rate_limited');
  });
});

describe('a request between two that speak OpenAI', () => {
  test('keeps its bytes but for the model name', async () => {
    const asked = await startProvider((_, response) =>
      sendJson(response, 200, completion('ok', { vendor: { kept: true } })),
    );
    const near = await startRig({
      definition: { providers: { mock: { baseUrl: asked.url, auth: 'none' } }, models: { short: 'mock/long' } },
    });
    const text =
      '{ "messages":[{"role":"user","content":"\\u00e9 1","cache_control":{"type":"ephemeral"}}],  "model" : "short","enable_thinking":true,"x":1917043659912705296 }';
    const response = await near.post(text);
    expect(asked.asked[0]?.text).toBe(text.replace('"short"', '"long"'));
    expect(await response.text()).toBe(JSON.stringify(completion('ok', { vendor: { kept: true } })));
    await near.close();
    await asked.close();
  });

  test('#68 an empty list of tools, and a choice among none, do not go out', async () => {
    pieces = [Buffer.from(stream)];
    await (await rig.post({ ...ask, tools: [], tool_choice: 'auto', parallel_tool_calls: true })).text();
    expect(Object.keys(provider.asked.at(-1)!.body)).toEqual(['model', 'stream', 'stream_options', 'messages']);
  });

  test('goes out with the gateway’s own headers and none of the caller’s', async () => {
    pieces = [Buffer.from(stream)];
    await (
      await rig.post(ask, {
        'x-stainless-lang': 'js',
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        'idempotency-key': 'idem-1',
      })
    ).text();
    const { headers } = provider.asked.at(-1)!;
    expect(headers).toMatchObject({
      'idempotency-key': 'idem-1',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
    });
    expect(JSON.stringify(headers)).not.toMatch(/stainless|cookie|forwarded/);
    expect(JSON.stringify(headers)).not.toContain(MASTER_KEY);
  });
});
