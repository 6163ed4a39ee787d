import { estimateInput } from '../../accounting/limits/estimate.ts';
import { startDeadline } from '../../async/deadline.ts';
import type { ProviderRates } from '../../call/attempt.ts';
import type { Call } from '../../call/call.ts';
import { targetFor } from '../../call/caller.ts';
import type { Target } from '../../catalog/catalog.ts';
import { countingClients } from '../../dialects/clients.ts';
import type { ProviderDialect } from '../../dialects/dialect.ts';
import { fitted } from '../../dialects/fit.ts';
import { type ErrorKind, GatewayError, isRefusal } from '../../errors.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../http/json.ts';
import { editMembers } from '../../http/json-members.ts';
import { encodeText, jsonOutgoing, type Outgoing } from '../../http/message.ts';
import { forwardedHeaders } from '../../roads/pass-through.ts';
import { plan } from '../../routing/plan.ts';
import { callProvider, type ProviderCall } from '../../upstream/call-provider.ts';
import { readWhole } from '../../upstream/read-whole.ts';
import { type Endpoint, plainGlance, postEndpoint } from '../endpoint.ts';
import { keepersOf } from '../kept-responses.ts';
import { providerRateHeaders } from '../limit-headers.ts';
import type { GatewayPorts } from '../ports.ts';

/** An agent waits for the count before it goes on: after that long an estimate is worth more. */
const COUNT_MS = 3_000;

/**
 * How many tokens a request would be. Where the model's provider counts, it is asked; elsewhere, and where it fails, an
 * estimate is given: agents ask some twenty times at once and only draw a bar with it. It uses no tokens, so nothing is
 * recorded.
 */
export const countTokens: readonly Endpoint[] = countingClients.map((client) =>
  postEndpoint({
    paths: client.paths,
    dialect: client.dialect,
    needs: 'chat',
    glance(http, { value }) {
      const { model, ...rest } = client.readCountRequest(value, http);
      return { ...plainGlance(model), ...rest };
    },
    answer: (call, ports) => count(call, client, ports),
  }),
);

type CountingClient = (typeof countingClients)[number];

async function count(call: Call, client: CountingClient, ports: GatewayPorts): Promise<Outgoing> {
  const targets = await keepersOf(countingTargets(call, ports), call, ports.kept);
  const said: Said = {};
  const counted = await askCount({ call, client, targets, said }, ports);
  const heard = targets[0] && said.rates ? { provider: targets[0].provider, rates: said.rates } : undefined;
  const headers = providerRateHeaders(heard, call);
  if (counted !== undefined) return jsonOutgoing(200, client.writeCount(counted), headers);
  const estimated = (client.estimate ?? estimateInput)(call.body.value);
  return jsonOutgoing(200, client.writeCount(estimated), { ...headers, 'x-sluice-estimated': 'true' });
}

/** The first model that can be counted for: at its provider's endpoint in the caller's dialect, then at the provider's own. */
function countingTargets(call: Call, { catalog }: GatewayPorts): Target[] {
  const own = plan(call.glance, catalog).targets;
  const endpoints = plan(call.glance, catalog, { dialect: call.dialect.name }).targets;
  const places = endpoints.map((endpoint, at) => [...new Set([endpoint, own[at]!])]);
  const able = places.map((targets) => targets.filter(({ provider }) => canCount(provider.dialect, call)));
  return able.find((targets) => targets.length > 0) ?? [];
}

const canCount = ({ name, short, counting }: ProviderDialect, { dialect }: Call): boolean =>
  counting !== undefined || (name === dialect.name && short?.countPath !== undefined);

/** What the provider said of its limits, whether it counted or refused. */
interface Said {
  rates?: ProviderRates;
}

/** One way to ask a provider for the count. */
interface Question {
  target: Target;
  request: ProviderCall;
  readReply(body: JsonObject): number | undefined;
}

interface Counting {
  call: Call;
  client: CountingClient;
  targets: readonly Target[];
  said: Said;
}

/** Asks in turn, as long as what is asked does not know the model or cannot count for it. */
async function askCount({ said, ...counting }: Counting, ports: GatewayPorts): Promise<number | undefined> {
  const { call } = counting;
  const { signal, clear } = startDeadline({ parent: call.signal, ms: COUNT_MS, error: tooSlow }, ports.time);
  const heard = (rates: ProviderRates) => Object.assign(said, { rates });
  const { replyBytes, values } = ports.config.limits;
  try {
    for (const { target, request, readReply } of questionsOf(counting)) {
      const attempt = { target: targetFor(call.caller, target), signal, sentTwice() {}, unanswered() {}, heard };
      const reply = await callProvider(attempt, request, ports);
      if (isRefusal(reply)) {
        if (otherPathMayHelp.has(reply.refusal.kind)) continue;
        return undefined;
      }
      const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
      return isRefusal(whole) ? undefined : readReply(whole.value);
    }
    return undefined;
  } catch (thrown) {
    // What cannot be written for its provider, such as an image by address, can still be estimated.
    if (thrown instanceof GatewayError && thrown.kind === 'invalid_request') return undefined;
    throw thrown;
  } finally {
    clear();
  }
}

/** The caller's own bytes where the provider speaks its dialect, else the conversation as it is written for the provider. */
function* questionsOf({ call, client, targets }: Omit<Counting, 'said'>): Generator<Question> {
  for (const target of targets) {
    const { name, short, counting, writeRequest } = target.provider.dialect;
    if (name === call.dialect.name && short?.countPath) {
      const body = editMembers(call.body, client.countEdits(call.body.value, target.model));
      const headers = forwardedHeaders(call.http.headers, short, target.provider);
      const request = { path: short.countPath(target.model), headers, body, stream: false };
      yield { target, request, readReply: client.readCount };
    } else if (counting) {
      const { headers, body } = writeRequest({ ...fitted(call.request(), target).request, stream: false }, target);
      const written = tryParseJson(Buffer.from(body).toString('utf8'));
      if (!isJsonObject(written)) continue;
      const asked = encodeText(JSON.stringify(counting.bodyOf(written, target)));
      for (const path of counting.paths(target)) {
        yield { target, request: { path, headers, body: asked, stream: false }, readReply: counting.readReply };
      }
    }
  }
}

const otherPathMayHelp: ReadonlySet<ErrorKind> = new Set(['invalid_request', 'not_found', 'model_not_found']);

const tooSlow = (): GatewayError =>
  new GatewayError('timeout', `The provider did not count within ${COUNT_MS / 1000} s.`);
