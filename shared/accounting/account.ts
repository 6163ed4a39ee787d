import { type Deadline, startDeadline } from '../async/deadline.ts';
import { GatewayError } from '../errors.ts';
import type { Opening } from '../gateway/opening.ts';
import type { Parts, UsageRecord } from '../gateway/parts.ts';
import { createMeter, type Meter } from './meter.ts';
import { recordOf } from './record.ts';

/** The books of one request: what it cost is watched from the first byte and recorded after the last, however it ends. */
export interface Account {
  meter: Meter;
  /** Ends everything: our deadline, or the caller who left. */
  signal: AbortSignal;
  /** Told of what ended the request, before its answer or inside it. */
  failed: (error: GatewayError) => void;
}

interface Subject {
  model: string;
  stream: boolean;
  purpose: UsageRecord['purpose'];
  requestBytes: number;
}

export function openAccount(opening: Opening, { requestBytes, purpose, ...glance }: Subject, parts: Parts): Account {
  const { run, caller, dialect, requestId, startedAt } = opening;
  const meter = createMeter(requestBytes, parts.now);
  const deadline = openDeadline(opening, parts);
  let status = 200;
  const failed = (error: GatewayError): void => {
    meter.failed(error);
    status = dialect.errorStatus(error);
  };
  run.after(async () => {
    deadline.clear();
    if (run.signal.aborted) failed(new GatewayError('caller_left', 'The caller left before the answer was finished.'));
    const told = { requestId, startedAt, endedAt: parts.now(), caller, dialect, glance, purpose, status };
    const record = recordOf({ ...told, reading: meter.reading() });
    parts.log.request(record);
    await parts.usage.write(record);
  });
  return { meter, signal: deadline.signal, failed };
}

/** What ends a request from our side, at the latest when its slowest provider may have ended it. */
export const openDeadline = ({ run }: Opening, parts: Parts): Deadline =>
  startDeadline(run, totalMsOf(parts), parts.now());

const totalMsOf = ({ catalog }: Parts): number =>
  Math.max(...[...catalog.providers.values()].map(({ timeouts }) => timeouts.totalMs));
