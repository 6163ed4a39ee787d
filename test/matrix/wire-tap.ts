import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a provider, passes everything on, and keeps what was asked as it came over the wire. */
export interface WireTap {
  url: string;
  /** In order. */
  asked: Asked[];
  close(): Promise<void>;
}

export interface Asked {
  path: string;
  body: Record<string, unknown>;
}

export interface StandIn {
  status: number;
  headers?: Record<string, string>;
  body: object;
}

/** A request that `instead` answers does not reach the provider: for answers that the provider behind cannot give. */
export async function tapWire(target: string, instead: (asked: Asked) => StandIn | undefined): Promise<WireTap> {
  const asked: Asked[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const question = { path: request.url ?? '/', body: JSON.parse(bytes.toString('utf8')) };
    asked.push(question);
    const own = instead(question);
    if (own) {
      response.writeHead(own.status, { 'content-type': 'application/json', ...own.headers });
      response.end(JSON.stringify(own.body));
      return;
    }
    const { host: _, ...headers } = request.headers;
    const upstream = http.request(new URL(question.path, target), { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    upstream.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
