import type { Gateway } from '../gateway/gateway.ts';
import { type Headers, type Incoming, jsonOutgoing } from '../http/message.ts';

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

/** What is left of the event's shape where whoever may invoke the function wrote it by hand. */
type Loose<Value> =
  | { [Name in keyof Value]?: NonNullable<Value[Name]> extends object ? Loose<NonNullable<Value[Name]>> : unknown }
  | null;

/**
 * The request in an event; nothing where it is none, as of a schedule or of payload version 1.0. Whoever may invoke the function
 * can send it any JSON.
 */
export function readEvent(event: unknown): Incoming | undefined {
  const { rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded } =
    (event as Loose<FunctionUrlEvent>) ?? {};
  const { method, sourceIp } = requestContext?.http ?? {};
  const arn = requestContext?.authorizer?.iam?.userArn;
  if (typeof method !== 'string' || typeof rawPath !== 'string') return undefined;
  if (typeof (body ?? '') !== 'string') return undefined;
  return {
    method,
    path: rawPath,
    query: typeof rawQueryString === 'string' ? rawQueryString : '',
    headers: readHeaders(headers ?? {}),
    ...(typeof arn === 'string' ? { principal: { arn } } : {}),
    ...(typeof sourceIp === 'string' ? { address: sourceIp } : {}),
    body: async () => Buffer.from((body ?? '') as string, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function readHeaders(given: Readonly<Record<string, unknown>>): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Stands for the request where there is none. */
export const noRequest: Incoming = { method: '', path: '', query: '', headers: {}, body: async () => new Uint8Array() };

/** Answers an event that is no request. */
export const refuseEvent: Gateway = async () =>
  jsonOutgoing(400, {
    error: { message: 'This event is no request to a function URL.', type: 'invalid_request_error' },
  });
