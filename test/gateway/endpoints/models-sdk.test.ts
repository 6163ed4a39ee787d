import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactsTable } from '../../../shared/catalog/model-facts.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** A thousand models over real sockets, listed by the official clients. */
const names = Array.from({ length: 1000 }, (_, index) => `model-${index}`);
const facts: FactsTable = Object.fromEntries(
  names.map((name) => [
    `p/${name}`,
    { displayName: name.toUpperCase(), contextLength: 200_000, maxOutputTokens: 64_000, sees: true, tools: true },
  ]),
);
let rig: Rig;
let anthropic: Anthropic;

beforeAll(async () => {
  rig = await startRig({
    definition: {
      providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } },
      models: Object.fromEntries(names.map((name) => [name, `p/${name}`])),
    },
    ports: () => ({ facts: () => facts }),
  });
  anthropic = new Anthropic({ baseURL: rig.url, apiKey: MASTER_KEY });
});
afterAll(() => rig.close());

test("OpenAI's client lists all models, and finds one with what is known of it", async () => {
  const ids: string[] = [];
  for await (const { id } of rig.openai.models.list()) ids.push(id);
  expect(ids).toEqual(names);
  expect(await rig.openai.models.retrieve('model-7')).toMatchObject({
    id: 'model-7',
    object: 'model',
    display_name: 'MODEL-7',
    context_length: 200_000,
    max_output_tokens: 64_000,
  });
  await expect(rig.openai.models.retrieve('model-x')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

test("Anthropic's client pages through them of itself, forwards and from a place on", async () => {
  const ids: string[] = [];
  for await (const { id } of anthropic.models.list({ limit: 300 })) ids.push(id);
  expect(ids).toEqual(names);
  const page = await anthropic.models.list({ limit: 2, before_id: 'model-10' });
  expect([page.data.map(({ id }) => id), page.has_more]).toEqual([['model-8', 'model-9'], true]);
  expect(await anthropic.models.retrieve('model-7')).toMatchObject({
    id: 'model-7',
    type: 'model',
    display_name: 'MODEL-7',
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  });
  await expect(anthropic.models.retrieve('model-x')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
});

test('Codex gets its own list with a tag, and 304 without content for the tag', async () => {
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${rig.url}/v1/models?client_version=0.169.0`, {
      headers: { authorization: `Bearer ${MASTER_KEY}`, ...headers },
    });
  const first = await ask();
  const { models } = (await first.json()) as { models: { slug: string }[] };
  expect(models.map(({ slug }) => slug)).toEqual(names);
  expect(models[7]).toMatchObject({ display_name: 'MODEL-7', context_window: 200_000 });
  const again = await ask({ 'if-none-match': first.headers.get('etag')! });
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, first.headers.get('etag'), '']);
});
