import { within } from '../../async/deadline.ts';
import type { Attempt } from '../../call/attempt.ts';
import type { Call } from '../../call/call.ts';
import { conversationPaths } from '../../dialects/clients.ts';
import type { GatewayError } from '../../errors.ts';
import { encodeText, type Outgoing } from '../../http/message.ts';
import type { Answer } from '../../roads/answer.ts';
import { lastResort } from '../../roads/last-resort.ts';
import { takeRoad } from '../../roads/take-road.ts';
import { askTargets } from '../../routing/attempt.ts';
import { type Plan, plan } from '../../routing/plan.ts';
import { describeImages } from '../../vision/describe-images.ts';
import { type Endpoint, postEndpoint } from '../endpoint.ts';
import { keepersOf } from '../kept-responses.ts';
import { sentWith } from '../masking/own-words.ts';
import type { EndpointPorts, GatewayPorts } from '../ports.ts';
import { respond, respondLater } from '../respond.ts';

/** Conversations in every dialect that callers speak. */
export const conversations: readonly Endpoint[] = conversationPaths.map(({ dialect, paths }) =>
  postEndpoint({
    paths,
    dialect,
    purpose: 'chat',
    glance: (http, { value }) => dialect.glance(value, http),
    answer: converse,
  }),
);

/** The story of one conversation: plan, describe images where the targets do not see, ask the targets, answer. */
async function converse(call: Call, ports: EndpointPorts): Promise<Outgoing> {
  const planned = plan(call.glance, ports.catalog, { dialect: call.dialect.name, request: call.request });
  const { commitAfterMs, keepAliveMs } = ports.config.stream;
  const keepAlive = { bytes: encodeText(call.dialect.keepAlive), everyMs: keepAliveMs };
  const answering = keepersOf(planned.targets, call, ports.kept).then((targets) =>
    ask({ ...planned, targets }, call, ports),
  );
  const answer = call.glance.stream ? await within(answering, commitAfterMs, ports.time) : await answering;
  const { dialect, id, account } = call;
  const forCaller = (error: GatewayError): GatewayError => ports.forCaller(error, sentWith(call));
  const context = { dialect, id, account, forCaller };
  return answer ? respond(answer, context, keepAlive) : respondLater(answering, context, keepAlive);
}

/** Images are described before any target is asked: to describe them is no part of what is tried again. */
async function ask({ targets, describers }: Plan, call: Call, ports: GatewayPorts): Promise<Answer> {
  if (!describers) return askOrFallBack(targets, call, ports);
  const { words, summary } = await describeImages(call, describers, ports);
  return { ...(await askOrFallBack(targets, { ...call, words }, ports)), vision: summary };
}

async function askOrFallBack(targets: Plan['targets'], call: Call, ports: GatewayPorts): Promise<Answer> {
  try {
    const ask = (attempt: Attempt) => takeRoad(call, attempt, ports);
    return await askTargets<Answer>(targets, ask, { call, log: ports.log });
  } catch (thrown) {
    return lastResort(thrown, targets, call);
  }
}
