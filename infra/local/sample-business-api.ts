import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

export interface SampleBusinessApi {
  url: string;
  stop(): Promise<void>;
}

interface Question {
  query?: unknown;
  model_info?: { model?: unknown };
}

/**
 * An in-house API as companies have them: `GET /health`, and `POST /api/process {query, model_info}` that answers
 * `{data: {answer}}`, or with 400 and `{error: {code, message}}`. It keeps nothing and knows nothing.
 */
export async function startSampleBusinessApi({ port = 0, host = '127.0.0.1' } = {}): Promise<SampleBusinessApi> {
  const server = http.createServer(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  status: number;
  body: unknown;
}

async function answer(request: http.IncomingMessage): Promise<Answer> {
  if (request.url === '/health') return { status: 200, body: { status: 'ok' } };
  if (request.url !== '/api/process' || request.method !== 'POST')
    return refuse(404, 'not_found', 'There is only POST /api/process.');
  const { query, model_info: model } = await readQuestion(request);
  if (typeof query !== 'string' || query.trim() === '') return refuse(400, 'bad_query', "'query' must be a text.");
  const asked = lastTurn(query);
  const text = `The sample business API was asked: “${asked.slice(0, 500)}”. Its answer is made up, and nothing was paid.`;
  return { status: 200, body: { data: { answer: text }, model: model?.model ?? null } };
}

const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

async function readQuestion(request: http.IncomingMessage): Promise<Question> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return Object(JSON.parse(Buffer.concat(chunks).toString('utf8'))) as Question;
  } catch {
    // A body that is not JSON holds no question.
    return {};
  }
}

/** A conversation comes as one text, each turn under a line with its role in brackets. */
const lastTurn = (query: string): string =>
  query
    .split(/^\[(?:system|user|assistant)\]\n/m)
    .at(-1)!
    .trim();

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8790' } } });
  const api = await startSampleBusinessApi({ port: Number(values.port) });
  console.log(`A sample business API listens at ${api.url}`);
}
