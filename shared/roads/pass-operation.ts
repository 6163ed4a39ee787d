import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { Target } from '../catalog/catalog.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import { estimateTokens } from '../chat/usage.ts';
import type { OpenReplies, Operation } from '../dialects/dialect.ts';
import { GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { editMembers } from '../http/json-members.ts';
import type { Stream } from '../http/message.ts';
import { formType, withField } from '../http/multipart.ts';
import { callProvider } from '../upstream/call-provider.ts';
import type { Batch } from '../upstream/read-stream.ts';
import { readStart, readWhole } from '../upstream/read-whole.ts';
import type { UpstreamReply } from '../upstream/send.ts';
import { type Answer, checkDropped } from './answer.ts';
import { passBytes } from './pass-bytes.ts';
import { openStream, passFrames } from './pass-through.ts';
import type { RoadPorts } from './ports.ts';

export interface PassedOperation extends Pick<Operation, 'usageOf' | 'open'> {
  /** Path under the base URL. */
  path: string;
}

/**
 * One attempt at an operation that is not translated: the caller's bytes with the target's name of the model go, without fields it refuses, and the
 * provider's come back. Its usage is read where the reply reports any, and estimated elsewhere: by the request's size, and by what the
 * reply holds where that may be media.
 */
export async function passOperation(
  call: Call,
  attempt: Attempt,
  { path, usageOf, open }: PassedOperation,
  ports: RoadPorts,
): Promise<Answer | Refusal> {
  const { meter } = attempt;
  const { dropped, ...request } = requestFor(call, attempt.target, ports.config);
  if (open && !call.glance.stream) request.headers.accept = '*/*';
  const reply = await callProvider(attempt, { ...request, path, stream: call.glance.stream }, ports);
  if (isRefusal(reply)) return reply;
  const type = reply.headers['content-type'];
  if (open && !isJson(type, open, call)) {
    const answer = await passOpen(reply, { call, attempt, open }, ports);
    return isRefusal(answer) ? answer : { ...answer, dropped };
  }
  const { replyBytes, values } = ports.config.limits;
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
  if (isRefusal(whole)) {
    if (open) noteUnread(whole.refusal, call, attempt, open);
    return whole;
  }
  const usage = usageOf(whole.value);
  if (usage) meter.seeUsage(usage);
  else if (open) {
    meter.answered();
    meter.see(open.contentOf(whole.value));
  } else meter.seeUsage({ input: estimateTokens(call.body.bytes.byteLength), output: 0, estimated: true });
  attempt.end();
  return { body: whole.bytes, contentType: type ?? 'application/json', dropped };
}

interface PassedRequest {
  headers: Record<string, string>;
  body: Uint8Array;
  dropped: readonly string[];
}

function requestFor(
  { body }: Call,
  { model, traits }: Target,
  config: Pick<GatewayConfig, 'strictParams'>,
): PassedRequest {
  const { form, bytes } = body;
  if (form) {
    return {
      headers: { 'content-type': formType(form.boundary) },
      body: withField(bytes, form, 'model', model),
      dropped: [],
    };
  }
  const { drops = [] } = traits;
  const dropped = body.members.map(({ key }) => key).filter((key) => drops.includes(key));
  checkDropped(dropped, config);
  const edited = editMembers(body, { set: { model: JSON.stringify(model) }, remove: new Set(dropped) });
  return { headers: {}, body: edited, dropped };
}

const EVENTS = /^text\/event-stream\b/i;
/** A text that was asked for as such is one, though some servers say that it is JSON. */
const textFormats: ReadonlySet<unknown> = new Set(['text', 'srt', 'vtt']);

function isJson(type: string | undefined, { holds }: OpenReplies, { body }: Call): boolean {
  const asksText = holds === 'text' && textFormats.has(body.value.response_format);
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(type ?? '') && !asksText;
}

/** Types in which bytes are what was asked for; a page of HTML is the error of some proxy. */
const types: Record<OpenReplies['holds'], { usual: string; known: RegExp }> = {
  media: { usual: 'application/octet-stream', known: /^(?:audio|video|image)\/|^application\/(?:octet-stream|ogg)\b/i },
  text: { usual: 'text/plain; charset=utf-8', known: /^text\/(?!html\b)|^application\/(?:json|x-subrip)\b/i },
};

async function passOpen(
  reply: UpstreamReply,
  { call, attempt, open }: { call: Call; attempt: Attempt; open: OpenReplies },
  { config }: RoadPorts,
): Promise<Pick<Answer, 'body' | 'contentType'> | Refusal> {
  const { holds, streamReader } = open;
  const { usual, known } = types[holds];
  const type = reply.headers['content-type'] || usual;
  if (EVENTS.test(type)) {
    const batches = await openStream(streamReader(), reply, attempt, config.limits.eventBytes);
    const note = (error: GatewayError): void => noteUnread(error, call, attempt, open);
    if (isRefusal(batches)) {
      note(batches.refusal);
      return batches;
    }
    return {
      body: passFrames(notingBreak(batches, note), attempt, { hides: undefined, missing: () => undefined }),
      contentType: type,
    };
  }
  if (!known.test(type)) {
    // The connection is given up with its first bytes.
    await readStart(reply.body, 0).catch(() => {});
    return refuse(
      new GatewayError('upstream', 'The provider answered with another type of content than was asked for.'),
    );
  }
  const { see } = attempt.meter;
  const note = (bytes: Uint8Array): void =>
    holds === 'text'
      ? see([{ type: 'text', text: Buffer.from(bytes).toString('utf8') }])
      : see([{ type: 'media', media: 'audio', mediaType: '', data: '' }]);
  const body = await passBytes(reply, attempt, note);
  return isRefusal(body) ? body : { body, contentType: type };
}

/** What was too large to be read was made, and is charged for: it counts by what was asked for, where nothing of it was seen. */
function noteUnread({ retryable }: GatewayError, { body }: Call, { meter }: Attempt, { unread }: OpenReplies): void {
  if (retryable !== false) return;
  meter.answered();
  if (meter.reading().usage?.output === 0) meter.see(unread(body.value));
}

async function* notingBreak(batches: Stream<Batch>, note: (error: GatewayError) => void): AsyncGenerator<Batch> {
  try {
    yield* batches;
  } catch (thrown) {
    note(toGatewayError(thrown));
    throw thrown;
  }
}
