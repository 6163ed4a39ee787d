import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { anthropic, olderAnthropic } from './anthropic-clients.ts';
import { embedded, vectorOf } from './embeddings-counterpart.ts';
import { genai, genaiEmbeddings } from './genai-client.ts';
import { langchainEmbeddings, langchainOpenai } from './langchain-clients.ts';
import { occurs } from './occurs.ts';
import { openaiChat, openaiCompletions, openaiEmbeddings, openaiResponses } from './openai-clients.ts';
import { type ProviderRow, providers } from './provider-rows.ts';
import { type Stage, startProviders } from './providers.ts';
import {
  answers,
  type Client,
  hello,
  type Pieces,
  RETRY_AFTER,
  reportedBy,
  type Scenario,
  scenarios,
} from './scenarios.ts';
import { createTable } from './table.ts';
import {
  vercelAnthropic,
  vercelCompatible,
  vercelEmbeddings,
  vercelOpenai,
  vercelOpenaiChat,
} from './vercel-clients.ts';
import type { Asked } from './wire-tap.ts';

/** Every client that people use, against a provider of every dialect: what one says reaches the other, and comes back. */
const clients: readonly Client[] = [
  openaiChat,
  openaiResponses,
  openaiCompletions,
  anthropic,
  olderAnthropic,
  vercelCompatible,
  vercelOpenai,
  vercelOpenaiChat,
  vercelAnthropic,
  langchainOpenai,
  genai,
  openaiEmbeddings,
  vercelEmbeddings,
  langchainEmbeddings,
  genaiEmbeddings,
];

let stage: Stage;
let rig: Rig;
const table = createTable(clients, providers);

beforeAll(async () => {
  stage = await startProviders();
  const configs = providers.map(({ name, config }) => [name, config(stage.taps.get(name)!.url)]);
  rig = await startRig({ definition: { providers: Object.fromEntries(configs) } });
});
afterAll(async () => {
  await rig.close();
  await stage.close();
  process.stdout.write(`\n${table.print()}\n`);
});

describe.each(clients)('$name', (client) => {
  describe.each(providers)('with $name', (provider) => {
    test.each(scenarios.filter((scenario) => client.does[scenario]))('%s', async (scenario) => {
      const cell = table.cell(client, provider);
      cell.began(scenario);
      const words = refusalOf(client, provider, scenario);
      await (words ? refused(client, provider, scenario, words) : answered(client, provider, scenario));
      cell.went(scenario, words ? 'refused' : 'answered');
    });
  });
});

const doesEmbed = ({ does }: Client): boolean => does.embeddings !== undefined;

/** The words that say no, where that is the right answer. */
function refusalOf(client: Client, provider: ProviderRow, scenario: Scenario): RegExp | undefined {
  if (doesEmbed(client) && !provider.embeddingModel) return /makes no embeddings/;
  return provider.refuses[scenario];
}

/** Plays a scenario; also what the provider was asked meanwhile. */
async function play(client: Client, provider: ProviderRow, scenario: Scenario) {
  const model = (doesEmbed(client) && provider.embeddingModel) || provider.model;
  const place = { url: rig.url, key: MASTER_KEY, model: `${provider.name}/${model}` };
  const { asked } = stage.taps.get(provider.name)!;
  const before = asked.length;
  const outcome = await client.does[scenario]!(place).then(
    (answer) => ({ answer, thrown: undefined }),
    (thrown: unknown) => ({ answer: undefined, thrown }),
  );
  return { ...outcome, asked: asked.slice(before) };
}

/** What a provider cannot do is refused by the gateway itself, and the client's SDK throws what it throws for a 400. */
async function refused(client: Client, provider: ProviderRow, scenario: Scenario, words: RegExp): Promise<void> {
  const { answer, thrown, asked } = await play(client, provider, scenario);
  expect(answer).toBeUndefined();
  expect(thrown).toBeInstanceOf(client.errors[400]);
  expect(reportedBy(thrown).status).toBe(400);
  expect(String(thrown)).toMatch(words);
  expect(asked).toEqual([]);
}

async function answered(client: Client, provider: ProviderRow, scenario: Scenario): Promise<void> {
  const { answer, thrown, asked } = await play(client, provider, scenario);
  expect(asked.length).toBeGreaterThan(0);
  const first = asked[0]!;
  if (scenario === 'limited' || scenario === 'unfit') {
    const status = scenario === 'limited' ? 429 : 400;
    expect(thrown).toBeInstanceOf(client.errors[status]);
    expect(reportedBy(thrown).status).toBe(status);
    expect(String(thrown)).toContain(answers[scenario]);
    if (status === 429) expect(reportedBy(thrown).retryAfter).toBe(String(RETRY_AFTER));
    return;
  }
  if (thrown) throw thrown;
  const form: Readonly<Record<string, object>> = { ...formsAt(provider, first), ...client.ownForms?.[provider.name] };
  // Callers of Responses are served in it, where the provider speaks it.
  if (provider.name === 'openai') expect(first.path.endsWith('/responses')).toBe(client.speaksResponses === true);
  switch (scenario) {
    case 'text':
      expect(answer).toContain(provider.name === 'business' ? hello : answers.hello);
      expect(provider.name === 'business' || !provider.streams(first)).toBe(true);
      return;
    case 'stream':
      return checkStream(provider, answer as Pieces, first);
    case 'toolStream':
      expect(provider.streams(first)).toBe(true);
      expect(answer).toEqual({ tool: 'weather', input: { city: 'Paris' } });
      return;
    case 'tool':
      expect(answer).toEqual({ tool: 'weather', input: { city: 'Paris' } });
      return expectForm(form.tool, first);
    case 'toolResult':
      expect(answer).toBe(answers.toolResult);
      return expectForm(form.toolResult, first);
    case 'image':
      expect(answer).toBe(answers.hello);
      return expectForm(form.image, first);
    case 'schema':
      expect(JSON.parse(answer as string)).toEqual({ city: 'Paris' });
      return expectForm(client.schemaByTool?.(provider.model) ? form.schemaTool : form.schema, first);
    case 'embeddings':
      expect(answer).toEqual(embedded.map(vectorOf));
  }
}

function checkStream(provider: ProviderRow, { pieces }: Pieces, asked: Asked): void {
  expect(provider.streams(asked)).toBe(true);
  const isBusiness = provider.name === 'business';
  expect(pieces.join('')).toContain(isBusiness ? hello : answers.hello);
  // The business API answers in one piece.
  if (!isBusiness) expect(pieces.length).toBeGreaterThan(1);
}

/** How a provider says things at the endpoint that was asked. */
const formsAt = ({ form }: ProviderRow, { path }: Asked): ProviderRow['form'] =>
  path.endsWith('/responses') ? providers.find(({ name }) => name === 'openai-responses')!.form : form;

function expectForm(form: object | undefined, { body }: Asked): void {
  expect(form, 'the row names no form').toBeDefined();
  if (!occurs(form, body)) expect(body, 'the provider was asked in another form').toMatchObject(form!);
}
