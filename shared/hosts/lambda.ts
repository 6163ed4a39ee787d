import type { Writable } from 'node:stream';
import type { Gateway } from '../gateway/gateway.ts';
import type { Incoming, Outgoing } from '../http/message.ts';
import type { Log } from '../log.ts';
import { afterTasks } from './after.ts';
import { pump } from './pump.ts';

/** What a function URL sends, payload version 2.0: header names in lower case, repeated ones joined by commas. */
export interface FunctionUrlEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: { http: { method: string } };
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

/** Serves a gateway as a Lambda function behind a function URL with response streaming. */
export function lambdaHandler(gateway: Gateway, log: Log): unknown {
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const left = new AbortController();
    // A broken response stream is all that a function may ever see of a caller who left.
    stream.on('error', () => left.abort());
    const after = afterTasks((cause) => log.error('work after a request failed', { cause }));
    const deadline = Date.now() + context.getRemainingTimeInMillis();
    const outgoing = await gateway(incoming(event), { deadline, signal: left.signal, after: after.add });
    await write(outgoing, stream);
    // The caller has everything; this runs before the invocation counts as over.
    await after.run();
  });
}

function incoming({
  rawPath,
  rawQueryString,
  headers,
  requestContext,
  body = '',
  isBase64Encoded,
}: FunctionUrlEvent): Incoming {
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: rawQueryString,
    headers,
    body: async () => Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

async function write({ status, headers, body, keepAlive }: Outgoing, stream: Writable): Promise<void> {
  const response = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers });
  // Status and headers travel with the first write; an `end` before it would lose them.
  response.write('');
  if (body instanceof Uint8Array) {
    if (body.byteLength > 0) response.write(body);
  } else {
    await pump(body, sinkOf(response), keepAlive);
  }
  await ended(response);
}

function sinkOf(response: Writable) {
  return {
    write: (bytes: Uint8Array) => response.write(bytes),
    gone: () => response.destroyed,
    drained: () => once(response, ['drain', 'close', 'error']),
  };
}

/** Ends the stream and waits until it is out: a handler that resolves earlier may lose its last bytes. */
async function ended(response: Writable): Promise<void> {
  if (response.destroyed) return;
  const finished = once(response, ['finish', 'close', 'error']);
  response.end();
  await finished;
}

function once(stream: Writable, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of events) stream.off(event, settle);
      resolve();
    };
    for (const event of events) stream.on(event, settle);
  });
}
