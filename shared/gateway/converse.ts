import { openAccount } from '../accounting/account.ts';
import type { Delegate, Target } from '../catalog/catalog.ts';
import { defined } from '../chat/defined.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { ClientDialect, Glance, ShortRoad } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, toGatewayError } from '../errors.ts';
import { encodeText, type Outgoing } from '../http/message.ts';
import { lastResort } from '../roads/last-resort.ts';
import { passThrough } from '../roads/pass-through.ts';
import { type Answer, checkDropped, type Passage } from '../roads/roads.ts';
import { translate } from '../roads/translate.ts';
import { attempt, logRefusal } from '../routing/attempt.ts';
import { plan } from '../routing/plan.ts';
import { mustMend } from '../transforms/mend.ts';
import { mayReshape, reshape } from '../transforms/reshape.ts';
import { describeImages } from '../vision/put-into-words.ts';
import { contextOf, type Opening, openBody } from './opening.ts';
import type { Parts } from './parts.ts';
import { respond, respondLater } from './respond.ts';

/** The story of one conversation: glance, plan, ask the targets by the short road or the long one, answer, record. */
export async function converse(opening: Opening, parts: Parts): Promise<Outgoing> {
  const { http, dialect, requestId } = opening;
  const body = await openBody(opening, parts);
  const glance = dialect.glance(body.value);
  const { model, stream } = glance;
  const subject = { model, stream, purpose: 'chat', requestBytes: body.bytes.byteLength } as const;
  const { meter, signal, failed } = openAccount(opening, subject, parts);
  try {
    const { targets, delegates } = plan(glance, parts);
    const inputEstimate = dialect.estimateInput?.(body.value);
    const context = { ...contextOf(opening, model), request: body.value, ...defined({ inputEstimate }) };
    const passage: Passage = { http, context, stream, signal, parts, body, glance, dialect, meter };
    const asking = (described?: ChatRequest): Promise<Answer> =>
      attempt(targets, road(passage, described), logRefusal(requestId, parts)).catch((thrown) =>
        lastResort(thrown, targets, passage),
      );
    const answering = delegates ? askInWords(delegates, opening, passage, asking) : asking();
    const { commitAfterMs, keepAliveMs } = parts.catalog.config.stream;
    const keepAlive = { bytes: encodeText(dialect.keepAlive), everyMs: keepAliveMs };
    const answer = stream ? await within(answering, commitAfterMs) : await answering;
    const telling = { dialect, requestId, keepAlive, failed };
    return answer ? respond(answer, telling) : respondLater(answering, telling);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    failed(error);
    throw error;
  }
}

/** Images are put into words before anybody is asked: to describe them is no part of what is tried again. */
async function askInWords(
  delegates: readonly Delegate[],
  opening: Opening,
  { dialect, body, signal, parts }: Passage,
  asking: (described: ChatRequest) => Promise<Answer>,
): Promise<Answer> {
  const { request, told } = await describeImages(dialect.readRequest(body.value), delegates, {
    opening,
    signal,
    parts,
  });
  return { ...(await asking(request)), vision: told };
}

/** The way to a target: bytes pass where both sides speak the same and nothing in the conversation must change. */
function road(passage: Passage, described?: ChatRequest): (target: Target) => Promise<Answer | Refusal> {
  const { dialect, glance, body, meter } = passage;
  let request = described;
  const read = (): ChatRequest => {
    request ??= dialect.readRequest(body.value);
    return request;
  };
  return async (target) => {
    meter.asked(target);
    const reshaped = mayReshape(target.traits) ? reshape(read(), target.traits) : undefined;
    const short =
      described || reshaped || mustMend(target, body.value) ? undefined : shortRoadOf(target, dialect, glance);
    if (short) return passThrough(passage, short, target);
    if (!reshaped) return translate(passage, read(), target);
    if (reshaped.changes.tool_choice) checkDropped(['tool_choice'], passage.parts);
    const answer = await translate(passage, reshaped.request, target);
    return isRefusal(answer) ? answer : { ...answer, changes: reshaped.changes };
  };
}

function shortRoadOf(
  { provider, model, traits }: Target,
  dialect: ClientDialect,
  glance: Glance,
): ShortRoad | undefined {
  const { name, short } = provider.dialect;
  return name === dialect.name && short?.mayPass(glance, traits, model) ? short : undefined;
}

/** The answer, or nothing where it takes longer than that; the wait itself leaves no timer behind. */
async function within(answering: Promise<Answer>, ms: number): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([answering, promise]);
  } finally {
    clearTimeout(timer);
  }
}
