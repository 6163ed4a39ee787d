import { describe, expect, test } from 'vitest';
import type { Rules } from '../../../shared/catalog/rules.ts';
import { headers, open } from '../key-stage.ts';

/** What a key may do holds for images, speech and forms as for conversations. */
const part = (name: string, value: string, file = '') =>
  `--B\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
const formOf = (...parts: string[]) => `${parts.join('')}--B--\r\n`;
const sound = part('file', 'abc', '; filename="a.mp3"');

function openFor(rules: Rules) {
  const stage = open(rules, { json: { text: 'heard', usage: { input_tokens: 10, output_tokens: 5 } } });
  const transcribe = (form: string, path = '/v1/audio/transcriptions') =>
    stage.call(path, { headers: { ...headers, 'content-type': 'multipart/form-data; boundary=B' }, body: form });
  const paint = (model = 'gpt-a') =>
    stage.call('/v1/images/generations', { headers, body: { model, prompt: 'a cat' } });
  return { ...stage, transcribe, paint };
}

describe('the models of a key', () => {
  test('hold for the model of a form', async () => {
    const { transcribe, asked } = openFor({ models: ['gpt-*'] });
    const refused = await transcribe(formOf(sound, part('model', 'other')));
    expect(refused.status).toBe(404);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'model_not_found' } });
    expect(asked).toEqual([]);
    expect((await transcribe(formOf(sound, part('model', 'gpt-a')))).status).toBe(200);
    expect(asked[0]?.text).toBe(formOf(sound, part('model', 'a')));
  });

  test('hold for models that other fields of a form name', async () => {
    const { transcribe, asked } = openFor({ models: ['gpt-*'] });
    const form = formOf(sound, part('model', 'gpt-a'), part('fallbacks', 'secret-model'));
    expect((await transcribe(form)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  test.each(['models[]', 'models[0]', 'model.x', 'x[model]', 'models.0.name', 'model_name '])(
    'hold for what a form says as a list or a path: %s',
    async (name) => {
      const { transcribe, asked } = openFor({ models: ['gpt-*'] });
      const refused = await transcribe(formOf(sound, part('model', 'gpt-a'), part(name, 'secret-model')));
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(asked).toEqual([]);
    },
  );

  test('hold for the model of a path, whatever the body names', async () => {
    const { call, asked } = openFor({ models: ['gpt-*'] });
    const ask = (deployment: string, model: string) =>
      call(`/openai/deployments/${deployment}/images/generations`, { headers, body: { model, prompt: 'x' } });
    expect((await ask('other', 'gpt-a')).status).toBe(404);
    expect(asked).toEqual([]);
    expect((await ask('gpt-b', 'other')).status).toBe(200);
    expect(JSON.parse(asked[0]!.text)).toEqual({ model: 'b', prompt: 'x' });
  });
});

test('a key may be for some purposes alone', async () => {
  const { call, transcribe, paint } = openFor({ purposes: ['transcription'] });
  const speak = await call('/v1/audio/speech', { headers, body: { model: 'gpt-a', input: 'x', voice: 'y' } });
  expect([speak.status, (await paint()).status]).toEqual([403, 403]);
  expect(speak.text).toContain('may not be used for speech');
  const form = formOf(sound, part('model', 'gpt-a'));
  expect((await transcribe(form)).status).toBe(200);
  expect((await transcribe(form, '/v1/audio/translations')).status).toBe(200);
});

describe('the limits of a key', () => {
  test('count requests', async () => {
    const { paint } = openFor({ limits: { rpm: 1 } });
    expect([(await paint()).status, (await paint()).status]).toEqual([200, 429]);
  });

  test('count each file of a form as a piece of media', async () => {
    const { transcribe } = openFor({ limits: { tpm: 1_400 } });
    const refused = await transcribe(formOf(sound, part('model', 'gpt-a')));
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('Request too large');
  });

  test('hold tokens for an image until it is known what it took', async () => {
    const { paint, records } = openFor({ limits: { tpm: 1_600 } });
    const both = await Promise.all([paint(), paint()]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect(records.find(({ status }) => status === 200)?.usage).toEqual({ input: 10, output: 5 });
    expect((await paint()).status).toBe(200);
  });
});
