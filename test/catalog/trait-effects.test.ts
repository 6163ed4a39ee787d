import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import type { ChatReply } from '../../shared/chat/reply.ts';
import type { ChatRequest } from '../../shared/chat/request.ts';
import { type Traits, traitsOf } from '../../shared/dialects/traits.ts';
import { GatewayError } from '../../shared/errors.ts';
import { presets } from '../../shared/providers/registry.ts';
import { lastResort } from '../../shared/roads/last-resort.ts';
import { transformed } from '../../shared/transforms/apply.ts';
import { filterReply } from '../../shared/transforms/event-filter.ts';
import { callOf } from '../support/calls.ts';

/** A trait that a dialect takes does something: each common one is shown to, so that none is accepted in vain. */
const presetOfDialect = new Map(Object.entries(presets).map(([name, { dialect }]) => [dialect.name, name]));
const dialects = [...presetOfDialect.keys()];

const words = (text: string) => [{ type: 'text' as const, text }];
const request: ChatRequest = {
  model: 'm',
  stream: false,
  temperature: 0.5,
  seed: 77,
  stop: ['END'],
  messages: [
    { role: 'assistant', parts: words('a') },
    { role: 'user', parts: words('b') },
    { role: 'assistant', parts: words('c') },
    { role: 'user', parts: words('d') },
    { role: 'assistant', parts: words('e') },
    { role: 'user', parts: words('f') },
  ],
};
const tools = {
  tools: [{ kind: 'function' as const, name: 'look', schema: { type: 'object', properties: {} } }],
  toolChoice: { type: 'required' as const },
};
const reply: ChatReply = {
  id: 'r',
  model: 'm',
  created: 1,
  choices: [{ parts: words('<think>why</think>first END second'), finish: 'stop' }],
};

/** All that a dialect's provider gets, and all that the caller gets of its answer. */
async function seen(dialect: string, traits: Traits): Promise<string> {
  const preset = presetOfDialect.get(dialect)!;
  const own = { preset, baseUrl: 'http://127.0.0.1:9', auth: 'none', secret: 'KEY', traits };
  const [target] = loadCatalog({ providers: { p: own } }).resolve('p/m')!;
  const asked = dialect === 'business' ? request : { ...request, ...tools };
  const changed = transformed({ request: () => asked }, target!);
  const { body, dropped } = target!.provider.dialect.writeRequest(changed?.request ?? asked, target!);
  const answered = changed?.filter ? filterReply(reply, changed.filter) : reply;
  const { call } = await callOf();
  let instead: unknown;
  try {
    instead = lastResort(new GatewayError('upstream', 'It is away.'), [target!], call).contentType;
  } catch {
    instead = undefined;
  }
  return JSON.stringify([Buffer.from(body).toString(), dropped, answered.choices, target!.abilities, instead]);
}

const strict = { alternation: 'strict' } as const;
const common: Readonly<Record<string, { trait: Traits; beside?: Traits; without?: readonly string[] }>> = {
  drops: { trait: { drops: ['temperature'] } },
  baseModel: { trait: { baseModel: 'gpt-3.5-turbo' } },
  thinkingTags: { trait: { thinkingTags: 'written' } },
  stopIncluded: { trait: { stopIncluded: true } },
  alternation: { trait: strict },
  mostMessages: { trait: { mostMessages: 4 }, beside: strict },
  fillers: { trait: { fillers: { first: 'go' } }, beside: strict },
  toolChoice: { trait: { toolChoice: 'auto' }, without: ['business'] },
  mostSeed: { trait: { mostSeed: 10 }, without: ['openai-responses', 'anthropic', 'bedrock'] },
  fallbackText: { trait: { fallbackText: 'Later.' } },
};

describe.each(Object.entries(common))('%s', (_, { trait, beside = {}, without = [] }) => {
  test.each(dialects.filter((dialect) => !without.includes(dialect)))('has an effect with %s', async (dialect) => {
    expect(await seen(dialect, { ...beside, ...trait })).not.toBe(await seen(dialect, beside));
  });
});

test.each(Object.entries(common).flatMap(([name, { without = [] }]) => without.map((dialect) => [name, dialect])))(
  '%s is refused with %s, where it does nothing',
  (name, dialect) => expect(Object.keys(traitsOf(dialect!).shape)).not.toContain(name),
);

test('all traits that every dialect takes are shown', () => {
  const shared = Object.keys(traitsOf('business').shape).filter((trait) =>
    dialects.every((dialect) => Object.hasOwn(traitsOf(dialect).shape, trait)),
  );
  const missing = shared.filter((trait) => !Object.hasOwn(common, trait) && trait !== 'maxOutputTokens');
  expect(missing, 'these traits need a line in `common` above, which shows what they do').toEqual([]);
});
