import type { Call } from '../call/call.ts';
import type { Target } from '../catalog/catalog.ts';
import type { ChatReply } from '../chat/reply.ts';
import { type ErrorKind, toGatewayError } from '../errors.ts';
import { encodeText } from '../http/message.ts';
import { type Answer, replayed } from './answer.ts';

/** The provider's failures, as opposed to mistakes of the caller or the owner. */
const failures: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['upstream', 'overloaded', 'timeout']);

/** The owner's `fallbackText` for a provider that fails, as an ordinary answer; without one, the failure is thrown again. */
export function lastResort(thrown: unknown, targets: readonly Target[], call: Call): Answer {
  const error = toGatewayError(thrown);
  const text = targets.map(({ traits }) => traits.fallbackText).find(Boolean);
  if (text === undefined || !failures.has(error.kind)) throw thrown;
  // The caller gets 200; the record still has the error.
  call.account.failed(error, 200);
  const { dialect, context, glance } = call;
  const { id, model, now } = context;
  const choices: ChatReply['choices'] = [{ parts: [{ type: 'text', text }], finish: 'stop' }];
  const reply: ChatReply = { id: `chatcmpl-${id}`, model, created: now, choices, usage: { input: 0, output: 0 } };
  if (glance.stream) return { ...replayed(call, reply), dropped: [] };
  const body = encodeText(JSON.stringify(dialect.writeReply(reply, context)));
  return { body, contentType: 'application/json', dropped: [] };
}
