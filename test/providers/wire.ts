import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { endpointFor, type Target, urlOf } from '../../shared/catalog/catalog.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { type ChatReply, collectReply } from '../../shared/chat/reply.ts';
import type { ProviderRequest, ReadContext } from '../../shared/dialects/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/http/json.ts';
import { sseFramer } from '../../shared/http/sse.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import { type PresetName, presetNames, presets } from '../../shared/providers/registry.ts';
import { eventFrame } from '../dialects/bedrock/frames.ts';
import { conversation, textConversation } from './conversation.ts';

/** A vendor's material, and what our readers and writers make of it: `test/wire/<preset>/`. */
const folder = path.join(import.meta.dirname, '../wire');

export const wireFolders = (): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const fileOf = (preset: string, name: string): string => path.join(folder, preset, name);
const textOf = (preset: string, name: string): string => readFileSync(fileOf(preset, name), 'utf8');
export const jsonOf = (preset: string, name: string) => JSON.parse(textOf(preset, name));

/** Files that a folder must have, the first of each pair or the other; all of them where there is no folder. */
const neededFiles = [
  ['expected.json'],
  ['request.json'],
  ['reply.json'],
  ['stream.txt', 'stream.json'],
  ['error.json'],
];

export const missingFiles = (preset: string): string[] =>
  neededFiles
    .filter((names) => !names.some((name) => existsSync(fileOf(preset, name))))
    .map(([name]) => `test/wire/${preset}/${name}`);

/** All bytes of a folder, one after the other. */
export const bytesOf = (preset: string): string =>
  readdirSync(path.join(folder, preset))
    .sort()
    .map((name) => textOf(preset, name))
    .join('\n');

export interface Expected {
  /** The vendor's page that the files follow. */
  page: string;
  /** What is peculiar to this vendor. */
  peculiar: string;
  model: string;
  reply: object;
  stream: object;
  error: object;
}

export const expectedOf = (preset: string): Expected => jsonOf(preset, 'expected.json');
export const requestOf = (preset: string): object => jsonOf(preset, 'request.json');

/** One API of a vendor: a preset's own, or one of its endpoints. */
interface Api {
  preset: PresetName;
  dialect: string;
}

/** All APIs by name: a preset's is called as the preset, its endpoints `<preset>-<dialect>`. */
const apis: ReadonlyMap<string, Api> = new Map(
  presetNames.flatMap((preset) => {
    const { dialect, endpoints = [] }: Provider = presets[preset];
    // One that is a preset too is tried as that.
    const others = endpoints.filter((endpoint) => !Object.values<Provider>(presets).includes(endpoint));
    return [
      [preset, { preset, dialect: dialect.name }] as const,
      ...others.map(({ dialect: { name } }) => [`${preset}-${name}`, { preset, dialect: name }] as const),
    ];
  }),
);

export const apiNames: readonly string[] = [...apis.keys()];
export const dialectOf = (api: string): string => apis.get(api)!.dialect;

/** The target of an API as a configuration with nothing but its preset's name has it. */
export function targetOf(api: string, model: string): Target {
  const { preset, dialect } = apis.get(api)!;
  const { baseUrl, parameters = {} } = { parameters: {}, baseUrl: undefined, ...presets[preset] };
  const own = {
    ...(baseUrl === undefined ? { baseUrl: 'https://llm.example.com/v1', secret: 'OUR_KEY' } : {}),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value || `our-${name}`])),
  };
  const [target] = loadCatalog({ providers: { [preset]: own } }, {}).resolve(`${preset}/${model}`)!;
  return endpointFor(target!, dialect);
}

/** What a vendor would get for the standard conversation. */
export function written(target: Target): { request: ProviderRequest; summary: object } {
  const { provider, model } = target;
  const asked = provider.dialect.name === 'business' ? textConversation : conversation;
  const request = provider.dialect.writeRequest({ ...asked, model }, target);
  const { auth, secret, headers } = provider;
  const summary = {
    url: urlOf(target, true),
    auth,
    ...(secret ? { secret } : {}),
    headers: { ...headers, ...request.headers },
    body: JSON.parse(Buffer.from(request.body).toString()),
    dropped: [...request.dropped].sort(),
  };
  return { request, summary };
}

/** What our readers make of a vendor's material, for a target: its dialect, its traits, its model. */
export function readMaterial(preset: string, target: Target): Pick<Expected, 'reply' | 'stream' | 'error'> {
  const { memo } = written(target).request;
  const context: ReadContext = { id: 'req1', model: target.model, now: 1_760_000_000, ...(memo ? { memo } : {}) };
  return {
    reply: outcome(() => target.provider.dialect.readReply(jsonOf(preset, 'reply.json'), context)),
    stream: outcome(() => collectReply(eventsOf(preset, target, context))),
    error: errorOf(preset, target, context),
  };
}

function eventsOf(preset: string, { provider: { dialect } }: Target, context: ReadContext): ChatEvent[] {
  const framer = dialect.framer?.() ?? sseFramer();
  const reader = dialect.streamReader(context);
  const frames = [...framer.push(streamBytes(preset)), ...framer.end()];
  return [...frames.flatMap(({ event }) => (event ? reader.read(event) : [])), ...reader.end()];
}

/** Bedrock's frames are binary: its events lie in `stream.json` as `[type, payload]`. */
export function streamBytes(preset: string): Buffer {
  if (existsSync(fileOf(preset, 'stream.txt'))) return readFileSync(fileOf(preset, 'stream.txt'));
  const events: [string, object][] = jsonOf(preset, 'stream.json');
  return Buffer.concat(events.map(([type, payload]) => eventFrame(type, payload)));
}

/** An error of status 200 is found in the reply's body. */
function errorOf(preset: string, { provider: { dialect } }: Target, context: ReadContext): object {
  const { status, headers = {}, body } = jsonOf(preset, 'error.json');
  if (status >= 400) return summaryOfError(dialect.readError(status, body, headers));
  return outcome(() => dialect.readReply(body as JsonObject, context));
}

function outcome(read: () => ChatReply): object {
  try {
    return summaryOf(read());
  } catch (thrown) {
    if (thrown instanceof GatewayError) return summaryOfError(thrown);
    throw thrown;
  }
}

function summaryOf({ id, model, choices, usage }: ChatReply): object {
  const [{ parts, finish, stopSequence } = { parts: [], finish: 'none' }] = choices;
  const texts = (type: string) => parts.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : []));
  const signatures = parts.flatMap((part) => ('signature' in part && part.signature ? [part.signature] : []));
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : [],
  );
  const citations = parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  return withoutEmpty({
    id,
    model,
    thinking: texts('thinking').join(''),
    text: texts('text').join(''),
    refusal: texts('refusal').join(''),
    calls,
    signatures,
    citations,
    finish,
    stopSequence,
    usage,
  });
}

const summaryOfError = ({ kind, status, message, code, param, retryAfter }: GatewayError): object =>
  withoutEmpty({ kind, status, message, code, param, retryAfter });

const withoutEmpty = (fields: object): object =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(
        Object.entries(fields).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)),
      ),
    ),
  );
