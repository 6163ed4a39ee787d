import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a provider, passes everything on, and keeps what was asked as it came over the wire. */
export interface WireTap {
  url: string;
  /** Bodies asked, as text, in order. */
  asked: string[];
  close(): Promise<void>;
}

export async function tapWire(target: string): Promise<WireTap> {
  const asked: string[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    asked.push(body.toString('utf8'));
    const { host: _, ...headers } = request.headers;
    const upstream = http.request(
      new URL(request.url ?? '/', target),
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.end(body);
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
