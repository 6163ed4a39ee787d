import type { Call } from './event.ts';
import { masterKey } from './stage.ts';

/** A chat request with the owner's key. */
export function chat(model: string, fields: object = {}): Call {
  return post(JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...fields }));
}

/** The same as a stream that ends with its usage. */
export function streamingChat(model: string): Call {
  return chat(model, { stream: true, stream_options: { include_usage: true } });
}

export function post(body: string | undefined): Call {
  return {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${masterKey}` },
    body,
  };
}
