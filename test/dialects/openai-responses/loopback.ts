import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import type { ClientDialect } from '../../../shared/dialects/dialect.ts';
import { toGatewayError } from '../../../shared/errors.ts';
import { readJsonBody } from '../../../shared/http/json.ts';

export interface Loopback {
  client: OpenAI;
  /** What the dialect read of the last request. */
  asked(): ChatRequest;
  close(): Promise<void>;
}

/** A server that speaks a caller's dialect over a socket and answers with a script, the official client in front of it. */
export async function startLoopback(
  dialect: ClientDialect,
  answer: (request: ChatRequest) => ChatEvent[],
): Promise<Loopback> {
  let asked: ChatRequest | undefined;
  let requests = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    try {
      const { value } = readJsonBody(Buffer.concat(chunks));
      const glance = dialect.glance(value);
      asked = dialect.readRequest(value);
      requests += 1;
      const context = { id: `q${requests}`, model: glance.model, now: 1_700_000_000, request: value };
      const events = answer(asked);
      if (!glance.stream) {
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(dialect.writeReply(collectReply(events), context)));
        return;
      }
      const writer = dialect.streamWriter(glance, context);
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      outgoing.write(dialect.keepAlive);
      for (const event of events) outgoing.write(writer.write(event));
      outgoing.end(events.at(-1)?.type === 'error' ? '' : writer.end());
    } catch (thrown) {
      const error = toGatewayError(thrown);
      outgoing.writeHead(dialect.errorStatus(error), { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(dialect.writeError(error, 'req_1')));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    client: new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 }),
    asked: () => asked!,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
