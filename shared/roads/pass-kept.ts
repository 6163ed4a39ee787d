import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { KeptResponse } from '../call/kept-response.ts';
import type { KeptDialect, StreamReader } from '../dialects/dialect.ts';
import { isRefusal, type Refusal } from '../errors.ts';
import { sseFramer } from '../http/sse.ts';
import { callProvider, isEventStream } from '../upstream/call-provider.ts';
import { firstEvent } from '../upstream/first-event.ts';
import { type Batch, readStream } from '../upstream/read-stream.ts';
import { readWhole } from '../upstream/read-whole.ts';
import type { Method } from '../upstream/send.ts';
import type { Answer } from './answer.ts';
import { passFrames } from './pass-through.ts';
import type { RoadPorts } from './ports.ts';

/** Whether a path's query asks for a stream. */
export const isStream = (path: string): boolean => /[?&]stream=true(?:&|$)/.test(path);

interface KeptCall {
  kept: KeptResponse;
  dialect: KeptDialect;
  /** Under the base URL, query included. */
  path: string;
  method: Method;
}

/**
 * Asks a provider for an answer that it keeps, or for a part of it, or to cancel or forget it. Its bytes come back. One that was made in
 * the background is counted here, the first time it is read whole.
 */
export async function passKept(
  call: Call,
  attempt: Attempt,
  { kept, dialect, path, method }: KeptCall,
  ports: RoadPorts,
): Promise<Omit<Answer, 'dropped'> | Refusal> {
  const { meter, target } = attempt;
  const stream = isStream(path);
  const body = new Uint8Array();
  const reply = await callProvider(attempt, { headers: {}, body, method, path, stream }, ports);
  if (isRefusal(reply)) return reply;
  const { eventBytes, replyBytes, values } = ports.config.limits;
  // Where the table is away: rather twice than never.
  const isCounted = async (): Promise<boolean> =>
    kept.isPending && (await ports.kept.counted(kept.id).catch(() => true));
  if (stream && isEventStream(reply.headers)) {
    const reader: StreamReader = target.provider.dialect.streamReader(call.context);
    const read = readStream(reply.body, sseFramer(eventBytes), reader, () => meter.unreadable(), reply);
    const opened = await firstEvent(read, { mostBytes: eventBytes, connection: reply });
    if (isRefusal(opened)) return opened;
    // What it says was counted when it was made.
    const unmetered = { ...attempt, meter: { ...meter, see() {} } };
    const batches = kept.isPending ? counted(opened, attempt, isCounted) : opened;
    const frames = passFrames(batches, unmetered, { hides: undefined, missing: nothing });
    return { body: frames, contentType: 'text/event-stream' };
  }
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
  if (isRefusal(whole)) return whole;
  const usage = dialect.usageOf(whole.value);
  if (method !== 'DELETE' && usage && whole.value.id === kept.id && (await isCounted())) meter.seeUsage(usage);
  attempt.end();
  return { body: whole.bytes, contentType: 'application/json' };
}

const nothing = (): undefined => undefined;

/** Of one that is read in part, what was seen counts: its whole is counted when that is read. */
async function* counted(
  batches: AsyncIterable<Batch>,
  { meter }: Attempt,
  isCounted: () => Promise<boolean>,
): AsyncGenerator<Batch> {
  meter.answered();
  for await (const batch of batches) {
    const last = batch.events.findLast(({ type }) => type === 'usage');
    meter.see(batch.events.filter(({ type }) => type !== 'usage'));
    if (last?.type === 'usage') meter.seeUsage((await isCounted()) ? last.usage : { input: 0, output: 0 });
    yield batch;
  }
}
