import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { localPlace } from '../../infra/local/table.ts';
import type { Table } from '../../shared/aws/table.ts';
import { openTable } from '../../shared/aws/table.ts';

/** What happens to one call on its way to the table or back. */
export interface Trouble {
  /** Before the table gets it. */
  delayMs?: number;
  /** The table does it, and the reply is lost: the connection closes. */
  dropsReply?: boolean;
  /** The table gets it twice, one after the other; the second reply is the answer. */
  isTwice?: boolean;
  /** Refused as too much, without being done. */
  isThrottled?: boolean;
  /** Never answered. */
  hangs?: boolean;
}

/** Between the SDK and the table: without it every call would be done at once and in order. */
export interface TableProxy {
  table: Table;
  url: string;
  /** The calls so far, by the operation's name: `UpdateItem`. */
  calls: string[];
  /** Decides for each call; may be changed at any time. */
  trouble: (operation: string) => Trouble;
  close(): Promise<void>;
}

export async function startTableProxy(endpoint: string, name: string): Promise<TableProxy> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
    proxy.calls.push(operation);
    const { delayMs = 0, dropsReply, isTwice, isThrottled, hangs } = proxy.trouble(operation);
    if (hangs) return;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isThrottled) {
      const type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: type, message: 'too much' }));
      return;
    }
    let reply = await forward(endpoint, request, body);
    if (isTwice) reply = await forward(endpoint, request, body);
    if (dropsReply) {
      response.destroy();
      return;
    }
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const table = openTable(name, localPlace(url));
  const proxy: TableProxy = {
    table,
    url,
    calls: [],
    trouble: () => ({}),
    close() {
      table.client.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

const agent = new http.Agent({ keepAlive: true });

function forward(endpoint: string, { headers }: http.IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, { method: 'POST', headers, agent }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Chance that is the same for the same seed. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** A bit of everything, so that no call is lost for good. */
export function anyTrouble(random: () => number): TableProxy['trouble'] {
  return () => {
    const kind = random();
    const delayMs = Math.floor(random() * 30);
    if (kind < 0.08) return { delayMs, dropsReply: true };
    if (kind < 0.16) return { delayMs, isTwice: true };
    if (kind < 0.24) return { delayMs, isThrottled: true };
    return { delayMs };
  };
}
