import type { Attempt } from '../../call/attempt.ts';
import type { Call } from '../../call/call.ts';
import type { Target } from '../../catalog/catalog.ts';
import { embeddingsClients } from '../../dialects/clients.ts';
import { GatewayError, isRefusal } from '../../errors.ts';
import { encodeText, type Outgoing } from '../../http/message.ts';
import { askEmbeddings, type EmbeddingsAnswer } from '../../roads/ask-embeddings.ts';
import { askTargets } from '../../routing/attempt.ts';
import { plan } from '../../routing/plan.ts';
import type { EmbeddingsRequest } from '../../vectors/embeddings.ts';
import { type Endpoint, plainGlance, postEndpoint } from '../endpoint.ts';
import type { GatewayPorts } from '../ports.ts';
import { reportHeaders } from '../response-headers.ts';

/** Embeddings, asked from the targets that make them. */
export const embeddings: readonly Endpoint[] = embeddingsClients.map((client) =>
  postEndpoint({
    paths: client.paths,
    dialect: client.dialect,
    purpose: 'embedding',
    glance: (http, { value }) => plainGlance(client.readEmbeddingsRequest(value, http).model),
    answer: (call, ports) => embed(call, client, ports),
  }),
);

async function embed(call: Call, client: EmbeddingsClient, ports: GatewayPorts): Promise<Outgoing> {
  const request = client.readEmbeddingsRequest(call.body.value, call.http);
  const targets = ableTargets(plan(request, ports.catalog).targets, request);
  const ask = async (attempt: Attempt) => {
    const dialect = embeddingsOf(attempt.target)!;
    const answer = await askEmbeddings({ call, attempt, request, dialect }, ports);
    if (!isRefusal(answer)) attempt.end();
    return answer;
  };
  const { answer, dropped } = await askTargets<EmbeddingsAnswer>(targets, ask, { call, log: ports.log });
  const body =
    'bytes' in answer
      ? answer.bytes
      : encodeText(JSON.stringify(client.writeEmbeddingsReply(answer.reply, request, call.http)));
  return { status: 200, headers: { 'content-type': 'application/json', ...reportHeaders({ dropped }) }, body };
}

type EmbeddingsClient = (typeof embeddingsClients)[number];

const embeddingsOf = ({ provider }: Target) => provider.dialect.embeddings;

/** The targets that can answer at all: not all make vectors, and not all take tokens of another vendor's. */
function ableTargets(targets: readonly Target[], { model, inputs }: EmbeddingsRequest): Target[] {
  const code = 'unsupported_value';
  const able = targets.filter((target) => embeddingsOf(target));
  if (able.length === 0) {
    const message = `The provider of the model \`${model.slice(0, 200)}\` makes no embeddings.`;
    throw new GatewayError('invalid_request', message, { param: 'model', code });
  }
  const reading = inputs.type === 'texts' ? able : able.filter((target) => embeddingsOf(target)?.takesTokens);
  if (reading.length > 0) return reading;
  const message = "Invalid 'input': this model takes texts, no lists of tokens.";
  throw new GatewayError('invalid_request', message, { param: 'input', code });
}
