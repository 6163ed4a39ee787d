import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';

export interface DemoProvider {
  url: string;
  stop(): Promise<void>;
}

/**
 * A provider that needs no account: it answers any question with a few words about it, calls the first tool it is given, and
 * makes vectors that say nothing of a text but that it is the same.
 */
export async function startDemoProvider(): Promise<DemoProvider> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 8, latency: 15, journalMaxEntries: 10 });
  mock.on({ predicate: () => true }, answer);
  mock.mount('/v1/embeddings', { handleRequest: embed });
  for (const path of ['/v1/rerank', '/v1/moderations', '/v1/images', '/v1/audio'])
    mock.mount(path, { handleRequest: refuse });
  await mock.start();
  return { url: mock.url, stop: () => mock.stop() };
}

function answer({ messages, tools }: ChatCompletionRequest): FixtureResponse {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { content: `The tool answered: ${textOf(last.content)}` };
  const tool = tools?.[0]?.function;
  if (tool) return { toolCalls: [{ name: tool.name, arguments: JSON.stringify(exampleOf(tool.parameters)) }] };
  const asked = textOf(messages.findLast(({ role }) => role === 'user')?.content);
  return {
    content: `Hello from Sluice's demo model. You said: “${asked.slice(0, 500)}”. No provider was asked and nothing was paid.`,
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part?.text === 'string' ? part.text : `[${part?.type}]`)).join(' ');
}

/** Arguments that fit a schema well enough for a demonstration. */
function exampleOf(schema: unknown): unknown {
  const { type, properties, items, enum: values } = (schema ?? {}) as Record<string, unknown>;
  if (Array.isArray(values)) return values[0];
  if (type === 'array') return items ? [exampleOf(items)] : [];
  if (type === 'number' || type === 'integer') return 1;
  if (type === 'boolean') return true;
  if (type === 'string') return 'example';
  const entries = Object.entries((properties ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, inner]) => [name, exampleOf(inner)]));
}

const DIMENSIONS = 8;

async function embed(request: IncomingMessage, response: ServerResponse): Promise<true> {
  const { input, model, dimensions } = (await json(request)) as { input: unknown; model: string; dimensions?: number };
  const isOne = !Array.isArray(input) || typeof input[0] === 'number';
  const data = (isOne ? [input] : input).map((one, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(JSON.stringify(one), Math.min(dimensions ?? DIMENSIONS, DIMENSIONS)),
  }));
  const tokens = Math.ceil(JSON.stringify(input).length / 4);
  return send(response, 200, { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** Numbers from -1 to 1 out of a text's digest: the same for the same text. */
const vectorOf = (text: string, dimensions: number): number[] =>
  [...createHash('sha256').update(text).digest().subarray(0, dimensions)].map((byte) => byte / 127.5 - 1);

async function refuse(request: IncomingMessage, response: ServerResponse): Promise<true> {
  request.resume();
  const message = 'The demo model converses and makes embeddings, nothing else; name a model of a provider of yours.';
  return send(response, 400, { error: { message, type: 'invalid_request_error', param: 'model', code: null } });
}

function send(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}
