import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { sendJson, startStream } from '../../../support/provider.ts';
import { openStage } from '../stage.ts';

const made = {
  created: 1_700_000_000,
  data: [{ b64_json: 'aGk=' }],
  usage: {
    input_tokens: 13,
    output_tokens: 272,
    total_tokens: 285,
    input_tokens_details: { text_tokens: 13, image_tokens: 0 },
  },
  own: 1917043659912705,
};

const definition = (url: string) => ({
  providers: { p: { baseUrl: url, auth: 'none' }, claude: { preset: 'anthropic', baseUrl: url, auth: 'none' } },
  models: { painter: 'p/gpt-image-1', both: ['p/busy', 'p/free'] },
});

test("OpenAI's SDK makes an image: only the model is renamed, and the usage that the provider reports is recorded", async () => {
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, made), definition);
  const reply = await rig.openai.images.generate({ model: 'painter', prompt: 'a cat', size: '1024x1024' });
  expect(reply).toMatchObject(made);
  expect(provider.asked[0]).toMatchObject({
    path: '/images/generations',
    body: { model: 'gpt-image-1', prompt: 'a cat', size: '1024x1024' },
  });
  await rig.records(1);
  expect(rig.requests).toMatchObject([
    {
      purpose: 'image',
      status: 200,
      streamed: false,
      askedModel: 'painter',
      model: 'gpt-image-1',
      usage: { input: 13, output: 272 },
    },
  ]);
  expect(rig.requests[0]?.usage).not.toHaveProperty('estimated');
});

test('the bytes pass in both directions', async () => {
  const text = '{"created" : 1, "data":[{"url":"https://x"}], "n": 1917043659912705296 }';
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, text), definition);
  const body = '{ "prompt":"世界", "model" : "painter", "seed": 1917043659912705296 }';
  const response = await rig.post(body, {}, '/images/generations');
  expect(await response.text()).toBe(text);
  expect(provider.asked[0]?.text).toBe(body.replace('"painter"', '"gpt-image-1"'));
  await rig.records(1);
  expect(rig.requests[0]?.usage).toEqual({
    input: Math.ceil(Buffer.byteLength(body) / 4),
    output: 1_500,
    estimated: true,
  });
});

test('a stream of images passes event by event, and its last one says what was used', async () => {
  const usage = { input_tokens: 5, output_tokens: 90, total_tokens: 95 };
  const { rig, provider } = await openStage((_, response) => {
    startStream(response);
    const partial = { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: 'A'.repeat(200_000) };
    response.write(`event: ${partial.type}\ndata: ${JSON.stringify(partial)}\n\n`);
    const last = { type: 'image_generation.completed', b64_json: 'QQ==', usage };
    response.end(`event: ${last.type}\ndata: ${JSON.stringify(last)}\n\n`);
  }, definition);
  const stream = await rig.openai.images.generate({ model: 'painter', prompt: 'x', stream: true, partial_images: 1 });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
  expect(provider.asked[0]?.headers.accept).toBe('text/event-stream');
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ streamed: true, finish: 'stop', usage: { input: 5, output: 90 } });
});

test('a stream of images that breaks off ends with an error', async () => {
  const { rig } = await openStage((_, response) => {
    startStream(response);
    response.end(`data: ${JSON.stringify({ type: 'image_generation.partial_image', b64_json: 'QQ==' })}\n\n`);
  }, definition);
  const stream = await rig.openai.images.generate({ model: 'painter', prompt: 'x', stream: true });
  const read = async (): Promise<void> => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toThrow('ended its stream before');
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ error: 'upstream', usage: { output: 1_500, estimated: true } });
});

test('an image whose caller leaves behind its first part counts as one', async () => {
  const { rig } = await openStage((_, response) => {
    startStream(response);
    response.write(`data: ${JSON.stringify({ type: 'image_generation.partial_image', b64_json: 'QQ==' })}\n\n`);
  }, definition);
  const stream = await rig.openai.images.generate({ model: 'painter', prompt: 'x', stream: true });
  for await (const _ of stream) break;
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ error: 'caller_left', usage: { output: 1_500, estimated: true } });
});

const tight = (limits: object) => (url: string) => ({ ...definition(url), limits });
const event = (type: string, bytes: number) =>
  `data: ${JSON.stringify({ type: `image_generation.${type}`, b64_json: 'A'.repeat(bytes) })}\n\n`;

test('images too large to be read are counted as asked for, and no client asks for them again', async () => {
  const large = { data: [{ b64_json: 'A'.repeat(3_000) }, { b64_json: 'A' }], usage: made.usage };
  const { rig, provider } = await openStage(
    (_, response) => sendJson(response, 200, large),
    tight({ replyBytes: 2_000 }),
  );
  const asking = rig.openai.images.generate({ model: 'painter', prompt: 'x', n: 2 }, { maxRetries: 2 });
  await expect(asking).rejects.toMatchObject({ status: 502, message: expect.stringContaining('`limits.replyBytes`') });
  expect(provider.asked).toHaveLength(1);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ error: 'upstream', usage: { output: 3_000, estimated: true } });
});

test.each([
  ['its first', ''],
  ['one behind a part of it', event('partial_image', 1)],
  ['one behind an event without an image', 'data: {"type":"image_generation.queued"}\n\n'],
])('an image counts where an event is too large to be read: %s', async (_, before) => {
  const { rig, provider } = await openStage(
    (_, response) => {
      startStream(response);
      if (before) response.write(before);
      setTimeout(() => response.end(event('completed', 9_000)), 30);
    },
    tight({ eventBytes: 5_000 }),
  );
  const ask = async (): Promise<void> => {
    const stream = await rig.openai.images.generate({ model: 'painter', prompt: 'x', stream: true }, { maxRetries: 2 });
    for await (const _ of stream);
  };
  await expect(ask()).rejects.toThrow('`limits.eventBytes`');
  expect(provider.asked).toHaveLength(1);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ status: 502, error: 'upstream', usage: { output: 1_500, estimated: true } });
});

test('an edit is a form, whose files pass as they are, wherever the model stands in it', async () => {
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, made), definition);
  const image = Buffer.alloc(1_000_000, 255);
  await rig.openai.images.edit({
    image: [await toFile(image, 'a.png', { type: 'image/png' }), await toFile(image, 'b.png', { type: 'image/png' })],
    prompt: 'brighter',
    model: 'painter',
  });
  const asked = provider.asked[0]!;
  expect(asked.path).toBe('/images/edits');
  const form = await new Response(asked.bytes, {
    headers: { 'content-type': asked.headers['content-type']! },
  }).formData();
  expect(form.get('model')).toBe('gpt-image-1');
  expect(form.get('prompt')).toBe('brighter');
  const images = form.getAll('image[]') as File[];
  expect(await Promise.all(images.map(async (file) => Buffer.from(await file.arrayBuffer()).equals(image)))).toEqual([
    true,
    true,
  ]);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ purpose: 'image', usage: { input: 13, output: 272 } });
});

test('an edit may be JSON too, and a variation is a form', async () => {
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, made), definition);
  const json = { model: 'painter', prompt: 'x', images: [{ image_url: 'https://x/y.png' }] };
  expect((await rig.post(json, {}, '/v1/images/edits')).status).toBe(200);
  await rig.openai.images.createVariation({ image: await toFile(Buffer.from('x'), 'a.png'), model: 'painter' });
  expect(provider.asked.map(({ path }) => path)).toEqual(['/images/edits', '/images/variations']);
});

test("what the provider says of its own limits reaches a caller without limits by the vendor's names", async () => {
  const headers = { 'x-ratelimit-remaining-images': '4', 'x-ratelimit-reset-requests': '6m0s' };
  const { rig } = await openStage((_, response) => sendJson(response, 200, made, headers), definition);
  const { response } = await rig.openai.images.generate({ model: 'painter', prompt: 'x' }).withResponse();
  expect(Object.fromEntries(response.headers)).toMatchObject(headers);
});

test('the next target is asked when one refuses', async () => {
  const { rig } = await openStage(({ body }, response) => {
    if (body.model === 'busy') return sendJson(response, 503, { error: { message: 'busy' } });
    sendJson(response, 200, made);
  }, definition);
  await rig.openai.images.generate({ model: 'both', prompt: 'x' });
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ model: 'free', attempts: [{ error: 'overloaded' }, { model: 'free' }] });
});

test('a provider that has no images is named, with what it lacks', async () => {
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, made), definition);
  const asking = rig.openai.images.generate({ model: 'claude/m', prompt: 'x' });
  await expect(asking).rejects.toMatchObject({
    status: 400,
    code: 'unsupported_value',
    message: expect.stringMatching(/provider 'claude' .*\/v1\/images\/generations/),
  });
  expect(provider.asked).toEqual([]);
});
