import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import { type ChatReply, replayReply } from '../chat/reply.ts';
import type { ClientDialect, ReadContext } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import { encodeJson } from '../http/encode-json.ts';
import type { JsonObject } from '../http/json.ts';
import { encodeText, type Stream } from '../http/message.ts';
import type { Changes } from '../transforms/changes.ts';

/** What a road brings back. A streamed body throws a `GatewayError` where the answer breaks off. */
export interface Answer {
  body: Uint8Array | Stream<Uint8Array>;
  contentType: string;
  /** Request fields that the provider does not take. */
  dropped: readonly string[];
  /** What was changed in the request so that a strict model takes it. */
  changes?: Changes;
  /** Where the descriptions of its images came from: `hits=2,misses=1`. */
  vision?: string;
}

/** Reads a whole reply. A failure that was charged for counts: what the reply says it used is noted before its error is thrown. */
export function readAnswer({ target, meter }: Attempt, body: JsonObject, context: ReadContext): ChatReply {
  const { dialect } = target.provider;
  try {
    return dialect.readReply(body, context);
  } catch (thrown) {
    const usage = dialect.usageOf?.(body);
    if (usage) meter.see([{ type: 'usage', usage }]);
    throw thrown;
  }
}

/** A whole reply in the caller's dialect: as the stream that was asked for, where it was one. Its attempt is over. */
export function wholeAnswer(
  call: Call,
  attempt: Attempt,
  reply: ChatReply,
  bytes?: Uint8Array,
): Omit<Answer, 'dropped'> {
  attempt.meter.answered();
  attempt.meter.seeReply(reply);
  attempt.end();
  return call.glance.stream ? replayed(call, reply) : writtenReply(call, reply, bytes);
}

/** Some providers answer a streamed request in one piece. */
export function replayed({ dialect, glance, context }: Call, reply: ChatReply): Omit<Answer, 'dropped'> {
  const writer = dialect.streamWriter(glance, context);
  const text = replayReply(reply).map((event) => writer.write(event));
  return { body: once(encodeText(text.join('') + writer.end())), contentType: streamTypeOf(dialect) };
}

/** The content type of a stream in this dialect. */
export const streamTypeOf = ({ streamType = 'text/event-stream; charset=utf-8' }: Pick<ClientDialect, 'streamType'>) =>
  streamType;

const writtenReply = ({ dialect, context }: Call, reply: ChatReply, bytes?: Uint8Array): Omit<Answer, 'dropped'> => ({
  body: bytes ?? encodeJson(dialect.writeReply(reply, context)),
  contentType: 'application/json',
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Where the owner wants no field lost in silence, one that the provider does not take is the caller's mistake. */
export function checkDropped(dropped: readonly string[], { strictParams }: Pick<GatewayConfig, 'strictParams'>): void {
  const [param] = dropped;
  if (param === undefined || !strictParams) return;
  throw new GatewayError('invalid_request', `Unsupported parameter: '${param}' is not supported with this model.`, {
    param,
    code: 'unsupported_parameter',
  });
}
