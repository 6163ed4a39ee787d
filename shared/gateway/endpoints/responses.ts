import { within } from '../../async/deadline.ts';
import type { Call } from '../../call/call.ts';
import { endpointFor, type Target } from '../../catalog/catalog.ts';
import { keptClient } from '../../dialects/clients.ts';
import { GatewayError } from '../../errors.ts';
import { encodeText, type Outgoing } from '../../http/message.ts';
import type { Answer } from '../../roads/answer.ts';
import { isStream, passKept } from '../../roads/pass-kept.ts';
import { askTargets } from '../../routing/attempt.ts';
import type { Method } from '../../upstream/send.ts';
import { type Endpoint, plainGlance } from '../endpoint.ts';
import { findKept } from '../kept-responses.ts';
import { sentWith } from '../masking/own-words.ts';
import type { EndpointPorts } from '../ports.ts';
import { respond, respondLater } from '../respond.ts';

/** Answers that a provider keeps: read, cancelled, forgotten, by who asked for them. */
const keptEndpoint = (methods: readonly Method[], part?: string): Endpoint => ({
  paths: keptClient.paths.map((path) => `${path}/{id}${part === undefined ? '' : `/${part}`}`),
  methods,
  open: false,
  body: 'none',
  dialect: keptClient.dialect,
  purpose: 'chat',
  glance: () => ({ ...plainGlance(''), maxTokens: 0 }),
  answer: (call, ports) => passed(call, part, ports),
});

/** The parts first: an id's pattern takes slashes too. */
export const keptResponses: readonly Endpoint[] = [
  keptEndpoint(['POST'], 'cancel'),
  keptEndpoint(['GET'], 'input_items'),
  keptEndpoint(['GET', 'DELETE']),
];

async function passed(call: Call, part: string | undefined, ports: EndpointPorts): Promise<Outgoing> {
  const { http, params, dialect, id, account } = call;
  const kept = await findKept(params.id!, call, ports.kept);
  const target = kept && ports.catalog.targetOf(kept.provider, kept.model);
  const keeper = target && keeperOf(target, dialect.name);
  if (!kept || !keeper) throw notFound(params.id!);
  const method = http.method as Method;
  if (kept.isPending && method === 'DELETE') {
    throw new GatewayError('conflict', `Response '${kept.id}' is counted when it is read: read or cancel it first.`);
  }
  const { dialect: kind, target: found } = keeper;
  const path = kind.path(kept.id, part) + queryOf(http.query);
  const asking = askTargets<Omit<Answer, 'dropped'>>(
    [found],
    (attempt) => passKept(call, attempt, { kept, dialect: kind, path, method }, ports),
    { call, log: ports.log },
  );
  const answering = asking.then((answer): Answer => ({ ...answer, dropped: [] }));
  const { commitAfterMs, keepAliveMs } = ports.config.stream;
  const forCaller = (error: GatewayError): GatewayError => ports.forCaller(error, sentWith(call));
  const context = { dialect, id, account, forCaller };
  const keepAlive = { bytes: encodeText(dialect.keepAlive), everyMs: keepAliveMs };
  const answer = isStream(path) ? await within(answering, commitAfterMs, ports.time) : await answering;
  if (!answer) return respondLater(answering, context, keepAlive);
  if (method === 'DELETE') await ports.kept.remove(kept.id);
  return respond(answer, context, keepAlive);
}

function keeperOf(target: Target, dialect: string) {
  const found = endpointFor(target, dialect);
  const { kept } = found.provider.dialect;
  return kept && { dialect: kept, target: found };
}

/** What may be asked of a kept response. */
const queryFields: ReadonlySet<string> = new Set(
  ['include', 'include[]', 'stream', 'starting_after', 'include_obfuscation'].concat([
    'limit',
    'order',
    'after',
    'before',
  ]),
);
const MOST_QUERY = 1_000;

/** The query as it goes on: without what is ours, such as a version or a key. Throws `invalid_request` where it is none of the vendor's. */
function queryOf(query: string): string {
  const asked = [...new URLSearchParams(query)].filter(([name]) => queryFields.has(name));
  const text = new URLSearchParams(asked).toString();
  if (query.length <= MOST_QUERY && /^[\w.%=&[\]-]*$/.test(text)) return text === '' ? '' : `?${text}`;
  throw new GatewayError('invalid_request', 'The query of this URL cannot be passed on.');
}

const notFound = (id: string): GatewayError =>
  new GatewayError('not_found', `Response with id '${id.slice(0, 100)}' not found.`, { param: 'id' });
