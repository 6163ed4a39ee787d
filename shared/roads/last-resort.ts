import type { Target } from '../catalog/catalog.ts';
import type { ChatReply } from '../chat/reply.ts';
import { type ErrorKind, toGatewayError } from '../errors.ts';
import { encodeText } from '../http/message.ts';
import { type Answer, type Passage, replayed } from './roads.ts';

/** The provider's failures, as against what the caller or the owner did wrong. */
const failures: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['upstream', 'overloaded', 'timeout']);

/** The words the owner gave for a provider that fails, as an ordinary answer; where there are none, the failure goes on. */
export function lastResort(thrown: unknown, targets: readonly Target[], passage: Passage): Answer {
  const error = toGatewayError(thrown);
  const text = targets.map(({ traits }) => traits.fallbackText).find(Boolean);
  if (text === undefined || !failures.has(error.kind)) throw thrown;
  const { dialect, context, meter, stream } = passage;
  // The caller is told 200; the record still says what went wrong.
  meter.failed(error);
  const { id, model, now } = context;
  const choices: ChatReply['choices'] = [{ parts: [{ type: 'text', text }], finish: 'stop' }];
  const reply: ChatReply = { id: `chatcmpl-${id}`, model, created: now, choices, usage: { input: 0, output: 0 } };
  if (stream) return replayed(passage, reply, []);
  const body = encodeText(JSON.stringify(dialect.writeReply(reply, context)));
  return { body, contentType: 'application/json', dropped: [] };
}
