import http from 'node:http';
import { MASTER_KEY } from '../support/rig.ts';

/** What a caller got. */
export interface Got {
  /** 0 where the gateway gave no answer at all. */
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  ms: number;
  /** What went wrong with the connection to the gateway, or `no answer within …`. */
  failure?: string;
}

interface Asking {
  url: string;
  path: string;
  body: string | Uint8Array;
  headers?: Record<string, string>;
  /** Gives up after so long. */
  mostMs: number;
  agent: http.Agent;
}

/** Asks the gateway with Node's own client, which says exactly how an answer ended. Never fails. */
export function ask({ url, path, body, headers = {}, mostMs, agent }: Asking): Promise<Got> {
  const began = performance.now();
  return new Promise((resolve) => {
    let status = 0;
    let answered: http.IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const settle = (failure?: string): void => {
      clearTimeout(timer);
      const ms = performance.now() - began;
      resolve({ status, headers: answered, body: Buffer.concat(chunks), ms, ...(failure ? { failure } : {}) });
    };
    const request = http.request(url + path, {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${MASTER_KEY}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    });
    const timer = setTimeout(() => {
      settle(`no end of the answer within ${mostMs} ms`);
      request.destroy();
    }, mostMs);
    request.on('response', (response) => {
      status = response.statusCode ?? 0;
      answered = response.headers;
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.on('end', () => settle(response.complete ? undefined : 'the answer was cut off'));
      response.on('error', (error) => settle(`the answer broke off: ${error.message}`));
    });
    request.on('error', (error) => settle(`the request failed: ${error.message}`));
    request.end(body);
  });
}
