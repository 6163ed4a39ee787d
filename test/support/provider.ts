import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider for tests: real sockets, scripted bytes. */
export interface TestProvider {
  url: string;
  /** What was asked, in order. */
  asked: Received[];
  /** Connections whose client went away before the answer was over. */
  left: number;
  close(): Promise<void>;
}

export interface Asked {
  path: string;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** Of a body that is JSON; empty for a form. */
  body: Record<string, unknown>;
}

export interface Received extends Asked {
  bytes: Buffer;
}

export type Script = (asked: Asked, response: http.ServerResponse, position: number) => void | Promise<void>;

export async function startProvider(script: Script): Promise<TestProvider> {
  const provider: TestProvider = { url: '', asked: [], left: 0, close };
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString('utf8');
    const asked: Received = {
      path: request.url ?? '',
      headers: request.headers,
      text,
      bytes,
      body: text === '' || text.startsWith('--') ? {} : JSON.parse(text),
    };
    provider.asked.push(asked);
    response.on('close', () => {
      if (!response.writableFinished) provider.left += 1;
    });
    await script(asked, response, provider.asked.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
  return provider;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A whole answer of OpenAI's. */
export function completion(content: string, extra: object = {}): object {
  return {
    id: 'chatcmpl-abc',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-test-2026',
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    ...extra,
  };
}

export function sendJson(
  response: http.ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A chunk of OpenAI's stream as it comes over the wire. */
export function chunk(delta: object, finish: string | null = null, extra: object = {}): string {
  const value = {
    id: 'chatcmpl-abc',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'gpt-test-2026',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...extra,
  };
  return `data: ${JSON.stringify(value)}\n\n`;
}

export const usageChunk = (usage: object): string => chunk({}, null, { choices: [], usage });

/** A stream of words, with usage where it was asked for. */
export function textStream(words: readonly string[], asksUsage: boolean): string[] {
  const counts = { prompt_tokens: 11, completion_tokens: words.length, total_tokens: 11 + words.length };
  return [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...words.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    ...(asksUsage ? [usageChunk(counts)] : []),
    'data: [DONE]\n\n',
  ];
}

export function startStream(response: http.ServerResponse, type = 'text/event-stream; charset=utf-8'): void {
  response.writeHead(200, { 'content-type': type });
}

export function asksUsage({ body }: Asked): boolean {
  return (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;
}
