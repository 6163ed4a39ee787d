import type { Target } from '../catalog/catalog.ts';
import type { ClientDialect, Glance, ShortRoad } from '../dialects/dialect.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import { readJsonBody } from '../http/json.ts';
import { encodeText, type Incoming, type Outgoing, type Run } from '../http/message.ts';
import { attempt } from './attempt.ts';
import { startDeadline } from './deadline.ts';
import { lastResort } from './last-resort.ts';
import { createMeter } from './meter.ts';
import type { Caller, Parts } from './parts.ts';
import { passThrough } from './pass-through.ts';
import { plan } from './plan.ts';
import { recordOf } from './record.ts';
import { respond, respondLater } from './respond.ts';
import type { Answer, Passage } from './roads.ts';
import { translate } from './translate.ts';

/** Who asks for what, under which id. */
export interface Opening {
  http: Incoming;
  run: Run;
  caller: Caller;
  dialect: ClientDialect;
  requestId: string;
  startedAt: number;
}

/** The story of one conversation: glance, plan, ask the targets by the short road or the long one, answer, record. */
export async function converse(
  { http, run, caller, dialect, requestId, startedAt }: Opening,
  parts: Parts,
): Promise<Outgoing> {
  const { config } = parts.catalog;
  checkContentType(http);
  const body = readJsonBody(await http.body(), config.limits.depth);
  const glance = dialect.glance(body.value);
  const meter = createMeter(body.bytes.byteLength, parts.now);
  const told = { status: 200 };
  const deadline = startDeadline(run, totalMsOf(parts), parts.now());
  run.after(async () => {
    deadline.clear();
    if (run.signal.aborted) failed(new GatewayError('caller_left', 'The caller left before the answer was finished.'));
    const endedAt = parts.now();
    const record = recordOf({
      requestId,
      startedAt,
      endedAt,
      caller,
      dialect,
      glance,
      status: told.status,
      reading: meter.reading(),
    });
    parts.log.request(record);
    await parts.usage.write(record);
  });
  const failed = (error: GatewayError): void => {
    meter.failed(error);
    told.status = dialect.errorStatus(error);
  };

  try {
    const { targets } = plan(glance, parts);
    const context = { id: requestId.replace('req_', ''), model: glance.model, now: Math.floor(startedAt / 1000) };
    const { signal } = deadline;
    const passage: Passage = { http, context, stream: glance.stream, signal, parts, body, glance, dialect, meter };
    const answering = attempt(targets, road(passage), (target, error) =>
      logRefusal(target, error, requestId, parts),
    ).catch((thrown) => lastResort(thrown, targets, passage));
    const keepAlive = { bytes: encodeText(dialect.keepAlive), everyMs: config.stream.keepAliveMs };
    const stream = { dialect, requestId, keepAlive, failed };
    const answer = glance.stream ? await within(answering, config.stream.commitAfterMs) : await answering;
    return answer ? respond(answer, stream) : respondLater(answering, stream);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    failed(error);
    throw error;
  }
}

/** The way to a target: bytes pass where both sides speak the same and nothing in the conversation must change. */
function road(passage: Passage): (target: Target) => Promise<Answer | { refusal: GatewayError }> {
  const { dialect, glance, body, meter } = passage;
  let request: ReturnType<ClientDialect['readRequest']> | undefined;
  return (target) => {
    meter.asked(target);
    const short = shortRoadOf(target, dialect, glance);
    if (short) return passThrough(passage, short, target);
    request ??= dialect.readRequest(body.value);
    return translate(passage, request, target);
  };
}

function shortRoadOf({ provider, traits }: Target, dialect: ClientDialect, glance: Glance): ShortRoad | undefined {
  const { name, short } = provider.dialect;
  return name === dialect.name && short?.mayPass(glance, traits) ? short : undefined;
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

function logRefusal(
  { provider, model }: Target,
  { kind, message }: GatewayError,
  requestId: string,
  { log }: Parts,
): void {
  log.warn('a provider refused', { requestId, provider: provider.name, model, kind, reason: message });
}

function totalMsOf({ catalog }: Parts): number {
  return Math.max(...[...catalog.providers.values()].map(({ timeouts }) => timeouts.totalMs));
}

function checkContentType({ headers }: Incoming): void {
  const type = headers['content-type'];
  if (type === undefined || /\bjson\b/i.test(type)) return;
  throw new GatewayError(
    'unsupported_media_type',
    `Unsupported content type '${type.slice(0, 100)}'; send application/json.`,
  );
}
