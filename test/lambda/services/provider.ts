import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ChatBody, scripts } from './provider-scripts.ts';

/** A provider on loopback that speaks OpenAI chat completions; the model's name is the script it plays. */
export interface Provider {
  baseUrl: string;
  /** What has arrived, in order. */
  requests: { headers: IncomingHttpHeaders; body: ChatBody }[];
  /** Lets the requests that wait for the test go on. */
  release(): void;
  /** Requests whose answer has neither ended nor been given up by the caller. */
  openRequests(): number;
  /** Bytes written and taken by the caller's side, over all requests. */
  bytesTaken(): number;
  /**
   * The connections that are open now are over, as every server ends them after some silence: here so late that the next
   * request on one is already on its way.
   */
  expireConnections(): void;
  close(): void;
}

export async function startProvider(): Promise<Provider> {
  const requests: Provider['requests'] = [];
  const open = new Set<ServerResponse>();
  const connections = new Set<Socket>();
  const expired = new WeakSet<Socket>();
  let gate = Promise.withResolvers<void>();
  let taken = 0;

  const server = createServer(async (request, response) => {
    if (expired.has(request.socket)) return request.socket.destroy();
    open.add(response);
    response.on('close', () => open.delete(response));
    const body = JSON.parse((await buffer(request)).toString()) as ChatBody;
    requests.push({ headers: request.headers, body });
    const script = scripts[body.model];
    if (!script) return response.writeHead(404).end('{"error":{"message":"The test has no script of this name."}}');
    await script({
      body,
      response,
      released: gate.promise,
      taken: (bytes) => {
        taken += bytes;
      },
    });
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  // Connections stay until the test closes them.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    release() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    openRequests: () => open.size,
    bytesTaken: () => taken,
    expireConnections() {
      for (const connection of connections) expired.add(connection);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
