import type { Writable } from 'node:stream';
import { systemTime, type Time } from '../async/time.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { answer, type Channel, type FailureLog, STALLED_MS } from './answer.ts';
import { type CallerPresence, callerPresence } from './caller.ts';
import { noRequest, readEvent, refuseEvent } from './lambda-event.ts';

/** What this host needs of the log besides. */
interface EventLog extends FailureLog {
  warn(message: string): void;
}

export interface LambdaContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export type StreamedHandler = (event: unknown, stream: Writable, context: LambdaContext) => Promise<void>;

/** What the runtime gives to streamed functions. @see https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html */
declare const awslambda: {
  streamifyResponse(handler: StreamedHandler): unknown;
  HttpResponseStream: {
    from(stream: Writable, metadata: { statusCode: number; headers: Record<string, string> }): Writable;
  };
};

export interface LambdaOptions {
  time?: Time;
  /** How long a reader who does not read is waited for, in all, before an answer is cut; 120 s unless given. */
  stalledMs?: number;
}

/** Serves a gateway as a Lambda function behind a function URL with response streaming. */
export function lambdaHandler(
  gateway: Gateway,
  log: EventLog,
  { time = systemTime, stalledMs = STALLED_MS }: LambdaOptions = {},
): unknown {
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const caller = callerPresence();
    // The only sign of a caller who left that a function may ever get.
    stream.on('error', () => caller.leave());
    const deadline = time.now() + context.getRemainingTimeInMillis();
    const incoming = readEvent(event);
    if (!incoming) log.warn('an event is no request to a function URL');
    // The after-work runs before the handler resolves: later the process is frozen.
    await answer(incoming ? gateway : refuseEvent, incoming ?? noRequest, lambdaChannel(stream, caller), {
      deadline,
      caller,
      log,
      time,
      stalledMs,
    });
  });
}

function lambdaChannel(stream: Writable, caller: CallerPresence): Channel {
  let response: Writable | undefined;
  const gone = (): boolean => stream.destroyed || stream.writableEnded || (response?.writableEnded ?? false);
  return {
    gone,
    isOpen: () => response !== undefined,
    open({ status, headers }) {
      if (gone()) return;
      response = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers });
      // Status and headers travel with the first write; an `end` before it would lose them.
      response.write('');
    },
    write: (bytes) => gone() || response!.write(bytes),
    drained: () => settled(response!, ['drain', 'close', 'error']),
    async end(last) {
      if (!response || gone()) return;
      // A handler that resolves before its stream is out may lose the last bytes.
      const finished = settled(response, ['finish', 'close', 'error']);
      response.end(last);
      await finished;
    },
    cut() {
      caller.leave();
      // Ended, not destroyed: a destroyed response stream ends the process.
      if (!gone()) (response ?? stream).end();
    },
  };
}

function settled(stream: Writable, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of events) stream.off(event, settle);
      resolve();
    };
    for (const event of events) stream.on(event, settle);
  });
}
