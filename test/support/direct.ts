import { createRates } from '../../shared/accounting/limits/rates.ts';
import { sumByModel } from '../../shared/accounting/own-usage.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { isRefusal, type Refusal } from '../../shared/errors.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import type { GatewayPorts } from '../../shared/gateway/ports.ts';
import { createFetchMedia } from '../../shared/media/fetch.ts';
import { createImages } from '../../shared/media/load-image.ts';
import { createMemory } from '../../shared/remember/memory.ts';
import type { Send } from '../../shared/upstream/send.ts';
import type { Description } from '../../shared/vision/ports.ts';
import { createMapKept } from '../roads/map-kept.ts';
import { createFakeTime, type FakeTime } from './fake-time.ts';
import { createMapScopes, type MapScopes } from './map-scopes.ts';
import { createMapTable, type MapTable } from './map-table.ts';
import { streamOf } from './streams.ts';

export const DIRECT_KEY = 'sk-direct-0123456789';

export interface Asked {
  url: string;
  headers: Record<string, string>;
  text: string;
}

/** What a provider answers: a JSON value, or the pieces of a stream, where an error breaks it. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  stream?: readonly (string | Error)[];
}

export interface DirectRequest {
  method?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: unknown;
  principal?: { arn: string };
  signal?: AbortSignal;
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** The whole gateway as a function, without sockets: ports of plain values, and a clock that a test moves. */
export interface Direct {
  ports: GatewayPorts;
  time: FakeTime;
  table: MapTable<Description>;
  scopes: MapScopes;
  records: UsageRecord[];
  logged: { level: 'warn' | 'error'; message: string }[];
  /** What providers were asked, in order. */
  asked: Asked[];
  /** One request with the master key unless its headers say otherwise; its answer is read to the end and its after-work done. */
  call(path: string, request?: DirectRequest): Promise<Answered>;
}

interface Options {
  definition?: object;
  /** What the providers answer, and when; OpenAI's shortest whole answer unless given. */
  reply?: (asked: Asked, time: FakeTime) => Reply | Refusal | Promise<Reply | Refusal>;
  ports?: (ports: GatewayPorts) => Partial<GatewayPorts>;
}

const usual = { providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } } };

export const shortest = { id: 'x', model: 'm', choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] };

export function openDirect({
  definition = usual,
  reply = () => ({ json: shortest }),
  ports: replaced = () => ({}),
}: Options = {}): Direct {
  const time = createFakeTime({ now: 1_700_000_000_000 });
  const table = createMapTable<Description>(time, ({ text }) => text.length);
  const scopes = createMapScopes();
  const catalog = loadCatalog(definition);
  const { config } = catalog;
  const records: UsageRecord[] = [];
  const logged: Direct['logged'] = [];
  const asked: Asked[] = [];
  const log = {
    warn: (message: string) => void logged.push({ level: 'warn', message }),
    error: (message: string) => void logged.push({ level: 'error', message }),
  };
  const send: Send = async ({ url, headers, body }) => {
    const question = { url, headers, text: Buffer.from(body).toString() };
    asked.push(question);
    const answer = await reply(question, time);
    if (isRefusal(answer)) return answer;
    const { status = 200, json, stream, headers: own } = answer;
    const pieces = (stream ?? [JSON.stringify(json)]).map((piece) =>
      typeof piece === 'string' ? Buffer.from(piece) : piece,
    );
    const type = stream ? 'text/event-stream' : 'application/json';
    return {
      status,
      headers: { 'content-type': type, ...own },
      at: time.now(),
      body: streamOf<Uint8Array>(pieces),
    };
  };
  const fetchMedia = createFetchMedia(config.media, time);
  let ids = 0;
  const given: GatewayPorts = {
    catalog,
    config,
    log,
    time,
    send,
    fetchMedia,
    kept: createMapKept(),
    masterKeys: async () => [DIRECT_KEY],
    providerKey: async (name) => `key-of-${name}`,
    keys: { find: async () => undefined },
    groups: { find: async () => undefined },
    rates: createRates({ scopes, log, time }),
    ownUsage: { read: async () => ({ ...sumByModel().sums(), isComplete: true }) },
    records: { report: (record) => void records.push(record), write: async () => {} },
    serviceAccountTokens: async () => ({ token: 'token' }),
    images: createImages({ fetchMedia, urlSeconds: 300, time }),
    descriptions: createMemory<Description>({
      table,
      settings: config.vision.cache,
      bytesOf: ({ text }) => text.length,
      makingMs: 60_000,
      awayMessage: 'away',
      log,
      time,
    }),
    checks: { table: async () => {}, secrets: async () => {} },
    facts: () => ({}),
    newId: () => String(++ids),
  };
  const ports = { ...given, ...replaced(given) };
  const gateway = createGateway(ports);

  return {
    ports,
    time,
    table,
    scopes,
    records,
    logged,
    asked,
    async call(path, request = {}) {
      const { method = 'POST', query = '', headers = {}, body, principal } = request;
      const { signal = new AbortController().signal } = request;
      const tasks: (() => void | Promise<void>)[] = [];
      const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
      const outgoing = await gateway(
        {
          method,
          path,
          query,
          headers: { authorization: `Bearer ${DIRECT_KEY}`, ...headers },
          ...(principal ? { principal } : {}),
          body: async () => Buffer.from(text),
        },
        { deadline: Number.MAX_SAFE_INTEGER, signal, after: (task) => void tasks.push(task) },
      );
      const pieces: Uint8Array[] = [];
      if (outgoing.body instanceof Uint8Array) pieces.push(outgoing.body);
      else for await (const piece of outgoing.body) pieces.push(piece);
      for (let task = tasks.shift(); task; task = tasks.shift()) await task();
      const { status, headers: answered } = outgoing;
      return { status, headers: answered, text: Buffer.concat(pieces).toString() };
    },
  };
}
