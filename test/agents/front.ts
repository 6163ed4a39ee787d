import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an agent asked of the gateway, and how it was answered: also what the gateway has no record of. */
export interface Exchange {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  status: number;
  answer: string;
}

export interface Front {
  url: string;
  exchanges: Exchange[];
  close(): Promise<void>;
}

/** Stands between an agent and the gateway, passes everything on, and keeps what went by. */
export async function startFront(target: string): Promise<Front> {
  const exchanges: Exchange[] = [];
  const server = http.createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const exchange = { method, path: url, headers, body: bytes.toString('utf8'), status: 0, answer: '' };
    exchanges.push(exchange);
    const { host: _, ...passed } = headers;
    const upstream = http.request(new URL(url, target), { method, headers: passed }, (answer) => {
      exchange.status = answer.statusCode ?? 0;
      response.writeHead(exchange.status, answer.headers);
      answer.on('data', (data: Buffer) => {
        exchange.answer += data.toString('utf8');
      });
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
