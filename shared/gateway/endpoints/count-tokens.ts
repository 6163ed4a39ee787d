import { startDeadline } from '../../async/deadline.ts';
import type { ProviderRates } from '../../call/attempt.ts';
import type { Call } from '../../call/call.ts';
import { targetFor } from '../../call/caller.ts';
import type { Target } from '../../catalog/catalog.ts';
import { countingClient } from '../../dialects/clients.ts';
import { GatewayError, isRefusal } from '../../errors.ts';
import { editMembers } from '../../http/json-members.ts';
import { jsonOutgoing, type Outgoing } from '../../http/message.ts';
import { forwardedHeaders } from '../../roads/pass-through.ts';
import { plan } from '../../routing/plan.ts';
import { callProvider } from '../../upstream/call-provider.ts';
import { readWhole } from '../../upstream/read-whole.ts';
import { plainGlance, postEndpoint } from '../endpoint.ts';
import { providerRateHeaders } from '../limit-headers.ts';
import type { GatewayPorts } from '../ports.ts';

/** An agent waits for the count before it goes on: after that long an estimate is worth more. */
const COUNT_MS = 3_000;

/**
 * How many tokens a request would be. Where the model's provider counts, it is asked; elsewhere, and where it fails, an
 * estimate is given: agents ask some twenty times at once and only draw a bar with it. It uses no tokens, so nothing is
 * recorded.
 */
export const countTokens = postEndpoint({
  paths: countingClient.paths,
  dialect: countingClient.dialect,
  needs: 'chat',
  glance: (_, { value }) => plainGlance(countingClient.readRequest(value).model),
  answer: count,
});

async function count(call: Call, ports: GatewayPorts): Promise<Outgoing> {
  const { targets } = plan(call.glance, ports.catalog, { dialect: call.dialect.name });
  const target = targets.find(({ provider }) => provider.dialect.short?.countPath);
  const said: Said = {};
  const counted = target ? await askCount(call, target, said, ports) : undefined;
  const heard = target && said.rates ? { provider: target.provider, rates: said.rates } : undefined;
  const headers = providerRateHeaders(heard, call);
  if (counted !== undefined) return jsonOutgoing(200, countingClient.writeReply(counted), headers);
  const estimated = countingClient.estimate(call.body.value);
  return jsonOutgoing(200, countingClient.writeReply(estimated), { ...headers, 'x-sluice-estimated': 'true' });
}

/** What the provider said of its limits, whether it counted or refused. */
interface Said {
  rates?: ProviderRates;
}

async function askCount(call: Call, target: Target, said: Said, ports: GatewayPorts): Promise<number | undefined> {
  const { short, name } = target.provider.dialect;
  if (!short?.countPath || name !== call.dialect.name) return undefined;
  const headers = forwardedHeaders(call.http.headers, short, target.provider);
  const set = { model: JSON.stringify(target.model) };
  const body = editMembers(call.body, { set, remove: countingClient.notCounted });
  const request = { headers, body, path: short.countPath, stream: false };
  const deadline = startDeadline({ parent: call.signal, ms: COUNT_MS, error: tooSlow }, ports.time);
  try {
    const asked = {
      target: targetFor(call.caller, target),
      signal: deadline.signal,
      sentTwice() {},
      unanswered() {},
      heard: (rates: ProviderRates) => Object.assign(said, { rates }),
    };
    const reply = await callProvider(asked, request, ports);
    if (isRefusal(reply)) return undefined;
    const { replyBytes, values } = ports.config.limits;
    const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
    return isRefusal(whole) ? undefined : countingClient.readReply(whole.value);
  } finally {
    deadline.clear();
  }
}

const tooSlow = (): GatewayError =>
  new GatewayError('timeout', `The provider did not count within ${COUNT_MS / 1000} s.`);
