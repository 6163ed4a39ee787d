import type { Writable } from 'node:stream';
import { systemTime, type Time } from '../async/time.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Incoming } from '../http/message.ts';
import { answer, type Channel, type FailureLog, STALLED_MS } from './answer.ts';
import { type CallerPresence, callerPresence } from './caller.ts';

/** What a function URL sends, payload version 2.0: header names in lower case, repeated ones joined by commas. */
export interface FunctionUrlEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: {
    http: { method: string; sourceIp?: string };
    /** Only of a URL with the auth type `AWS_IAM`, once Lambda has checked the signature. */
    authorizer?: { iam?: { userArn?: string } };
  };
  body?: string;
  isBase64Encoded?: boolean;
}

export interface LambdaContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export type StreamedHandler = (event: FunctionUrlEvent, stream: Writable, context: LambdaContext) => Promise<void>;

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
  log: FailureLog,
  { time = systemTime, stalledMs = STALLED_MS }: LambdaOptions = {},
): unknown {
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const caller = callerPresence();
    // The only sign of a caller who left that a function may ever get.
    stream.on('error', caller.leave);
    const deadline = time.now() + context.getRemainingTimeInMillis();
    // The after-work runs before the handler resolves: later the process is frozen.
    await answer(gateway, readEvent(event), lambdaChannel(stream, caller), { deadline, caller, log, time, stalledMs });
  });
}

function readEvent({
  rawPath,
  rawQueryString,
  headers,
  requestContext,
  body = '',
  isBase64Encoded,
}: FunctionUrlEvent): Incoming {
  const arn = requestContext.authorizer?.iam?.userArn;
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: rawQueryString,
    headers,
    ...(arn === undefined ? {} : { principal: { arn } }),
    ...(requestContext.http.sourceIp === undefined ? {} : { address: requestContext.http.sourceIp }),
    body: async () => Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
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
