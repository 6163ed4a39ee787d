import type { Target } from '../catalog/catalog.ts';
import type { ChatReply } from '../chat/reply.ts';
import type { ChatRequest } from '../chat/request.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { filterReply } from '../transforms/event-filter.ts';
import { mendingOf } from '../transforms/mend.ts';
import { ask, type Exchange, readWhole } from '../upstream/ask.ts';

/** Asks a target something of our own: a request of the hub, and the whole reply in the hub's words. */
export async function askModel(
  exchange: Omit<Exchange, 'stream'>,
  request: ChatRequest,
  target: Target,
): Promise<ChatReply | Refusal> {
  try {
    const upstream = target.provider.dialect;
    const written = upstream.writeRequest(request, target);
    const reply = await ask({ ...exchange, stream: false }, target, written);
    if (isRefusal(reply)) return reply;
    const whole = await readWhole(reply);
    if (isRefusal(whole)) return whole;
    const { memo } = written;
    const read = upstream.readReply(whole.value, { ...exchange.context, ...(memo ? { memo } : {}) });
    const mending = mendingOf(target, request);
    return mending ? filterReply(read, mending) : read;
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}
