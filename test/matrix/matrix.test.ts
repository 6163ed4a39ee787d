import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { anthropic, olderAnthropic } from './anthropic-clients.ts';
import { langchainOpenai, openaiChat, openaiCompletions, openaiResponses } from './openai-clients.ts';
import { type ProviderRow, providers, type Stage, startProviders } from './providers.ts';
import { type Call, type Client, PNG, type Scenario, scenarios, statusOf } from './scenarios.ts';
import { vercelAnthropic, vercelCompatible, vercelOpenai } from './vercel-clients.ts';

/** Every client that people use, against a provider of every dialect: what one says reaches the other, and comes back. */
const clients: readonly Client[] = [
  openaiChat,
  openaiResponses,
  openaiCompletions,
  anthropic,
  olderAnthropic,
  vercelCompatible,
  vercelOpenai,
  vercelAnthropic,
  langchainOpenai,
];

let stage: Stage;
let rig: Rig;
const green = new Map<string, number>();

beforeAll(async () => {
  stage = await startProviders();
  const configs = providers.map(({ name, config }) => [name, config(stage.taps.get(name)!.url)]);
  rig = await startRig({ definition: { providers: Object.fromEntries(configs) } });
});
afterAll(async () => {
  await rig.close();
  await stage.close();
  process.stdout.write(`\n${table()}\n`);
});

/** Words that an answer must have, by scenario. */
const words: Partial<Record<Scenario, RegExp>> = {
  text: /Hello|made up/,
  stream: /Hello|made up/,
  toolResult: /21 degrees/,
  image: /Hello/,
  schema: /"city":\s?"Paris"/,
};

/** What must have reached the provider, in whatever form it has for it. */
const reached: Partial<Record<Scenario, string>> = { toolResult: '21 degrees', image: PNG, schema: 'city' };

async function play(client: Client, provider: ProviderRow, scenario: Scenario): Promise<void> {
  const place = { url: rig.url, key: MASTER_KEY, model: `${provider.name}/${provider.model}` };
  const does = client.does[scenario]!;
  const asked = stage.taps.get(provider.name)!.asked;
  const before = asked.length;
  const refusal = provider.refuses[scenario];
  if (scenario === 'error' && provider.name !== 'business') {
    await expect(does(place).catch((thrown) => statusOf(thrown))).resolves.toBe(429);
  } else if (refusal) {
    const thrown = await does(place).then(
      (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
      (error: unknown) => error,
    );
    expect(statusOf(thrown)).toBe(400);
    expect(String(thrown)).toMatch(refusal);
    expect(asked.length).toBe(before);
  } else if (scenario === 'tool') {
    expect((await does(place)) as Call).toEqual({ tool: 'weather', input: { city: 'Paris' } });
  } else {
    const pattern = words[scenario];
    if (pattern) expect(await does(place)).toMatch(pattern);
    else await does(place);
    expect(asked.slice(before).join()).toContain(reached[scenario] ?? '');
    expect(asked.length).toBeGreaterThan(before);
  }
  const cell = `${client.name}|${provider.name}`;
  green.set(cell, (green.get(cell) ?? 0) + 1);
}

describe.each(clients)('$name', (client) => {
  describe.each(providers)('with $name', (provider) => {
    test.each(scenarios.filter((scenario) => client.does[scenario]))('%s', (scenario) =>
      play(client, provider, scenario),
    );
  });
});

/** Rows clients, columns providers; how many of a client's scenarios came out right. */
function table(): string {
  const head = ['client', ...providers.map(({ name }) => name)];
  const rows = clients.map((client) => {
    const all = Object.keys(client.does).length;
    return [client.name, ...providers.map(({ name }) => `${green.get(`${client.name}|${name}`) ?? 0}/${all}`)];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
