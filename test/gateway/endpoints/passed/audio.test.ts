import { once } from 'node:events';
import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { type Received, sendJson, sleep, startStream } from '../../../support/provider.ts';
import { MASTER_KEY } from '../../../support/rig.ts';
import { openStage } from '../stage.ts';

const definition = (url: string) => ({
  providers: { p: { baseUrl: url, auth: 'none' }, g: { preset: 'gemini', baseUrl: url, auth: 'none' } },
  models: { speaker: 'p/tts-1', writer: 'p/gpt-4o-transcribe', both: ['p/busy', 'p/free'] },
});

const formOf = ({ bytes, headers }: Received): Promise<FormData> =>
  new Response(bytes, { headers: { 'content-type': headers['content-type']! } }).formData();

const speech = { model: 'speaker', input: 'Hello', voice: 'alloy' as const };
const mp3 = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
const file = () => toFile(mp3, 'speech.mp3', { type: 'audio/mpeg' });

test('speech passes as it comes, piece by piece, and is counted as one sound where nothing is reported', async () => {
  const { rig, provider } = await openStage(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.write(mp3.subarray(0, 1_000));
    await sleep(100);
    response.end(mp3.subarray(1_000));
  }, definition);
  const response = await rig.openai.audio.speech.create(speech);
  expect(response.headers.get('content-type')).toBe('audio/mpeg');
  expect(Buffer.from(await response.arrayBuffer()).equals(mp3)).toBe(true);
  expect(provider.asked[0]).toMatchObject({ path: '/audio/speech', body: { ...speech, model: 'tts-1' } });
  expect(provider.asked[0]?.headers.accept).toBe('*/*');
  await rig.records(1);
  expect(rig.requests).toMatchObject([
    { purpose: 'speech', status: 200, model: 'tts-1', usage: { output: 1_500, estimated: true } },
  ]);
});

test('speech as events passes too, and its last one says what was used', async () => {
  const events = [
    { type: 'speech.audio.delta', audio: 'QUJD' },
    { type: 'speech.audio.done', usage: { input_tokens: 7, output_tokens: 40, total_tokens: 47 } },
  ];
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  const { rig } = await openStage((_, response) => {
    startStream(response);
    response.end(text);
  }, definition);
  const response = await rig.openai.audio.speech.create({ ...speech, stream_format: 'sse' });
  expect(await response.text()).toBe(text);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ streamed: true, usage: { input: 7, output: 40, audioOutput: 40 } });
});

test('speech that breaks off is cut and not ended, and its record says why', async () => {
  const { rig } = await openStage(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.write(mp3.subarray(0, 1_000));
    await sleep(50);
    response.destroy();
  }, definition);
  const response = await rig.openai.audio.speech.create(speech);
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ error: 'upstream', attempts: [{ error: 'upstream' }] });
});

test('a caller who leaves in the middle of speech ends the call of the provider, and nothing is logged as an error', async () => {
  const { rig, provider } = await openStage(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    while (!response.destroyed) {
      response.write(mp3.subarray(0, 1_000));
      await sleep(10);
    }
  }, definition);
  const leaving = new AbortController();
  const response = await rig.openai.audio.speech.create(speech, { signal: leaving.signal });
  await response.body!.getReader().read();
  leaving.abort();
  await expect.poll(() => provider.left).toBe(1);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ status: 499, error: 'caller_left' });
  expect(rig.logged).toEqual([]);
});

test('a caller who reads slowly holds the provider back', async () => {
  let written = 0;
  const most = 100_000_000;
  const { rig } = await openStage(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    const piece = Buffer.alloc(1_000_000);
    const closed = once(response, 'close');
    while (written < most && !response.destroyed) {
      written += piece.length;
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  }, definition);
  const response = await rig.openai.audio.speech.create(speech);
  const reader = response.body!.getReader();
  await reader.read();
  await sleep(300);
  expect(written).toBeLessThan(most / 2);
  await reader.cancel();
});

test.each([
  ['text/html', '<html>sign in</html>'],
  ['audio/mpeg', ''],
])('an answer of %s that holds %j is a refusal, and the next target is asked', async (type, text) => {
  const { rig } = await openStage(({ body }, response) => {
    const isBusy = body.model === 'busy';
    response.writeHead(200, { 'content-type': isBusy ? type : 'audio/mpeg' });
    response.end(isBusy ? text : mp3);
  }, definition);
  const response = await rig.openai.audio.speech.create({ ...speech, model: 'both' });
  expect((await response.arrayBuffer()).byteLength).toBe(mp3.length);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ model: 'free', attempts: [{ error: 'upstream' }, { model: 'free' }] });
});

test('a transcription sends the file as it is, and what the provider reports to have used is recorded', async () => {
  const reply = {
    text: 'Hello there',
    usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, input_token_details: { audio_tokens: 14 } },
  };
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, reply), definition);
  const { text } = await rig.openai.audio.transcriptions.create({
    file: await file(),
    model: 'writer',
    language: 'en',
  });
  expect(text).toBe('Hello there');
  const form = await formOf(provider.asked[0]!);
  expect([form.get('model'), form.get('language')]).toEqual(['gpt-4o-transcribe', 'en']);
  const sent = form.get('file') as File;
  expect([sent.name, Buffer.from(await sent.arrayBuffer()).equals(mp3)]).toEqual(['speech.mp3', true]);
  await rig.records(1);
  expect(rig.requests).toMatchObject([
    { purpose: 'transcription', model: 'gpt-4o-transcribe', usage: { input: 14, output: 45, audioInput: 14 } },
  ]);
});

test('a transcription that is charged by seconds is recorded in seconds', async () => {
  const reply = { text: 'Hi', usage: { type: 'duration', seconds: 9.2 } };
  const { rig } = await openStage((_, response) => sendJson(response, 200, reply), definition);
  await rig.openai.audio.transcriptions.create({ file: await file(), model: 'writer' });
  const [record] = await rig.records(1);
  expect(rig.requests[0]?.usage).toEqual({ input: 0, output: 0, audioSeconds: 10 });
  expect(record).toMatchObject({ audioSeconds: 10 });
});

test('a streamed transcription passes event by event', async () => {
  const usage = { type: 'tokens', input_tokens: 14, output_tokens: 3, total_tokens: 17 };
  const { rig, provider } = await openStage(async (_, response) => {
    startStream(response);
    for (const delta of ['Hel', 'lo']) {
      response.write(`data: ${JSON.stringify({ type: 'transcript.text.delta', delta })}\n\n`);
      await sleep(20);
    }
    response.write(`data: ${JSON.stringify({ type: 'transcript.text.done', text: 'Hello', usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  }, definition);
  const stream = await rig.openai.audio.transcriptions.create({ file: await file(), model: 'writer', stream: true });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  expect(types).toEqual(['transcript.text.delta', 'transcript.text.delta', 'transcript.text.done']);
  expect((await formOf(provider.asked[0]!)).get('stream')).toBe('true');
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ streamed: true, usage: { input: 14, output: 3 } });
});

test.each([
  ['text/plain; charset=utf-8', 'Hello world, 你好', 5],
  ['application/json', '"Hello world, 你好"', 6],
])(
  'a transcription as plain text of type %s passes as it is and is counted by its length',
  async (type, said, output) => {
    const { rig, provider } = await openStage((_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(said);
    }, definition);
    const text = await rig.openai.audio.translations.create({
      file: await file(),
      model: 'writer',
      response_format: 'text',
    });
    expect(typeof text === 'string' ? text : text.text).toContain('Hello world');
    expect(provider.asked[0]?.path).toBe('/audio/translations');
    await rig.records(1);
    expect(rig.requests[0]?.usage).toEqual({ input: expect.any(Number), output, estimated: true });
  },
);

test('an error of the provider reaches the caller in its wording', async () => {
  const error = { message: 'Invalid file format.', type: 'invalid_request_error', param: 'file', code: null };
  const { rig } = await openStage((_, response) => sendJson(response, 400, { error }), definition);
  const asking = rig.openai.audio.transcriptions.create({ file: await file(), model: 'writer' });
  await expect(asking).rejects.toMatchObject({ status: 400, param: 'file', message: '400 Invalid file format.' });
});

test('a provider that hears nothing is named, with what it lacks', async () => {
  const { rig } = await openStage((_, response) => sendJson(response, 200, {}), definition);
  const asking = rig.openai.audio.transcriptions.create({ file: await file(), model: 'g/m' });
  await expect(asking).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/provider 'g' .*\/v1\/audio\/transcriptions/),
  });
});

const head = (name: string) => `--B\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n`;

test.each<[string, string, string, number, string]>([
  ['a form that breaks off', 'multipart/form-data; boundary=B', `${head('model')}writer`, 400, 'breaks off'],
  ['a form without its boundary', 'multipart/form-data; boundary=C', `${head('model')}writer\r\n--B--`, 400, 'begin'],
  ['a type without a boundary', 'multipart/form-data', `${head('model')}writer\r\n--B--`, 400, 'one boundary'],
  ['a boundary of 10 kB', `multipart/form-data; boundary=${'b'.repeat(10_000)}`, 'x', 400, 'longer than 1000'],
  [
    'a form without a model',
    'multipart/form-data; boundary=B',
    `${head('prompt')}x\r\n--B--`,
    400,
    "parameter: 'model'",
  ],
  [
    'a form with two models',
    'multipart/form-data; boundary=B',
    `${head('model')}writer\r\n${head('model')}other\r\n--B--`,
    400,
    'twice',
  ],
  [
    'a model of 10 kB',
    'multipart/form-data; boundary=B',
    `${head('model')}${'m'.repeat(10_000)}\r\n--B--`,
    400,
    'longer than 1000 bytes',
  ],
  ['an empty body', 'multipart/form-data; boundary=B', '', 400, 'does not begin'],
  ['another type', 'application/x-www-form-urlencoded', 'model=writer', 415, 'multipart/form-data or application/json'],
])('%s is refused before anything is asked, and recorded', async (_, type, body, status, message) => {
  const { rig, provider } = await openStage((__, response) => sendJson(response, 200, {}), definition);
  const response = await rig.post(body, { 'content-type': type }, '/v1/audio/transcriptions');
  expect([response.status, await response.json()]).toEqual([
    status,
    { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
  ]);
  expect(provider.asked).toEqual([]);
  await rig.records(1);
  expect(rig.requests).toMatchObject([{ purpose: 'transcription', status }]);
});

test('a packed form is unpacked, as any body', async () => {
  const { gzipSync } = await import('node:zlib');
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, { text: 'x' }), definition);
  const packed = gzipSync(`${head('model')}writer\r\n--B--`);
  const headers = { 'content-type': 'multipart/form-data; boundary=B', 'content-encoding': 'gzip' };
  expect((await rig.post(packed, headers, '/v1/audio/transcriptions')).status).toBe(200);
  expect((await formOf(provider.asked[0]!)).get('model')).toBe('gpt-4o-transcribe');
  const unknown = await rig.post(packed, { ...headers, 'content-encoding': 'lzma' }, '/v1/audio/transcriptions');
  expect(unknown.status).toBe(415);
});

test('a form larger than the bound is refused', async () => {
  const { rig } = await openStage(
    (_, response) => sendJson(response, 200, {}),
    (url) => ({ ...definition(url), limits: { bodyBytes: 50_000 } }),
  );
  const response = await fetch(`${rig.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'multipart/form-data; boundary=B' },
    body: mp3,
  });
  expect(response.status).toBe(413);
});
