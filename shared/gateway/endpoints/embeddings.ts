import { openAccount } from '../../accounting/account.ts';
import type { Target } from '../../catalog/catalog.ts';
import type { Usage } from '../../chat/usage.ts';
import { readEmbeddingsRequest } from '../../dialects/openai-chat/client/embeddings.ts';
import { GatewayError, toGatewayError } from '../../errors.ts';
import type { Outgoing } from '../../http/message.ts';
import { addUsage, askEmbeddings, type EmbeddingsPassage } from '../../roads/ask-embeddings.ts';
import { attempt, logRefusal } from '../../routing/attempt.ts';
import { plan } from '../../routing/plan.ts';
import type { EmbeddingsRequest } from '../../vectors/embeddings.ts';
import { contextOf, type Opening, openBody } from '../opening.ts';
import type { Parts } from '../parts.ts';

/** The story of one request for embeddings: glance, plan, ask the targets, answer, record. */
export async function embed(opening: Opening, parts: Parts): Promise<Outgoing> {
  const body = await openBody(opening, parts);
  const request = readEmbeddingsRequest(body.value);
  const { model } = request;
  const subject = { model, stream: false, purpose: 'embedding', requestBytes: body.bytes.byteLength } as const;
  const { meter, signal, failed } = openAccount(opening, subject, parts);

  let total: Usage | undefined;
  const paid = (usage: Usage): void => {
    total = total ? addUsage(total, usage) : usage;
    meter.see([{ type: 'usage', usage: total }]);
  };

  try {
    const targets = ableTargets(plan(request, parts).targets, request);
    const context = contextOf(opening, model);
    const passage: EmbeddingsPassage = { context, stream: false, signal, parts, body, request, paid };
    const call = (target: Target) => {
      meter.asked(target);
      return askEmbeddings(passage, target, embeddingsOf(target)!);
    };
    const { dropped, body: vectors } = await attempt(targets, call, logRefusal(opening.requestId, parts));
    const headers = dropped.length === 0 ? {} : { 'x-sluice-dropped': dropped.join(', ') };
    return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: vectors };
  } catch (thrown) {
    const error = toGatewayError(thrown);
    failed(error);
    throw error;
  }
}

const embeddingsOf = ({ provider }: Target) => provider.dialect.embeddings;

/** Those of the targets that can answer at all: not all make vectors, and not all know other people's tokens. */
function ableTargets(targets: readonly Target[], { model, inputs }: EmbeddingsRequest): Target[] {
  const able = targets.filter((target) => embeddingsOf(target));
  if (able.length === 0) {
    throw new GatewayError(
      'invalid_request',
      `The provider of the model \`${model.slice(0, 200)}\` makes no embeddings.`,
      {
        param: 'model',
        code: 'unsupported_value',
      },
    );
  }
  const reading = inputs.type === 'texts' ? able : able.filter((target) => embeddingsOf(target)?.takesTokens);
  if (reading.length > 0) return reading;
  throw new GatewayError('invalid_request', "Invalid 'input': this model takes texts, no lists of tokens.", {
    param: 'input',
    code: 'unsupported_value',
  });
}
