import type { Attempt } from '../call/attempt.ts';
import type { ChatReply } from '../chat/reply.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { DialectContext } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { transformed } from '../transforms/apply.ts';
import { filterReply } from '../transforms/event-filter.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { readWhole } from '../upstream/read-whole.ts';
import { readAnswer } from './answer.ts';
import type { RoadPorts } from './ports.ts';

/** Asks a target a question of the gateway's own: a request of the hub, and the whole reply in the hub's words. */
export async function askModel(
  attempt: Attempt,
  request: ChatRequest,
  context: DialectContext,
  ports: RoadPorts,
): Promise<ChatReply | Refusal> {
  try {
    const { target } = attempt;
    const upstream = target.provider.dialect;
    const changed = transformed({ request: () => request }, target);
    const { memo, ...written } = upstream.writeRequest(changed?.request ?? request, target);
    const reply = await callProvider(attempt, { ...written, stream: false }, ports);
    if (isRefusal(reply)) return reply;
    const { replyBytes, values } = ports.config.limits;
    const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
    if (isRefusal(whole)) return whole;
    const read = readAnswer(attempt, whole.value, { ...context, ...(memo ? { memo } : {}) });
    return changed?.filter ? filterReply(read, changed.filter) : read;
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}
