import type { Meter } from '../accounting/meter.ts';
import { type ChatReply, replayReply } from '../chat/reply.ts';
import type { ClientDialect, Glance } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Parts } from '../gateway/parts.ts';
import type { JsonBody } from '../http/json.ts';
import { encodeText, type Incoming, type Stream } from '../http/message.ts';
import type { Changes } from '../transforms/changes.ts';
import type { Exchange } from '../upstream/ask.ts';

/** What a road brings back. A streamed body throws a `GatewayError` where the answer breaks off. */
export interface Answer {
  body: Uint8Array | Stream<Uint8Array>;
  contentType: string;
  /** Request fields that the provider does not take. */
  dropped: string[];
  /** What was changed in the request so that a strict model takes it. */
  changes?: Changes;
  /** Where the words for its images came from: `hits=2,misses=1`. */
  vision?: string;
}

/** What a road needs to know of a request. */
export interface Passage extends Exchange {
  http: Incoming;
  body: JsonBody;
  glance: Glance;
  dialect: ClientDialect;
  meter: Meter;
}

/** A whole reply as the stream that was asked for: some providers answer a streamed request in one piece. */
export function replayed({ dialect, glance, context }: Passage, reply: ChatReply, dropped: string[]): Answer {
  const writer = dialect.streamWriter(glance, context);
  const text = replayReply(reply).map((event) => writer.write(event));
  return {
    body: once(encodeText(text.join('') + writer.end())),
    contentType: 'text/event-stream; charset=utf-8',
    dropped,
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Where the owner wants no field lost in silence, one that the provider does not take is the caller's mistake. */
export function checkDropped(dropped: readonly string[], { catalog }: Parts): void {
  const [param] = dropped;
  if (param === undefined || !catalog.config.strictParams) return;
  throw new GatewayError('invalid_request', `Unsupported parameter: '${param}' is not supported with this model.`, {
    param,
    code: 'unsupported_parameter',
  });
}
