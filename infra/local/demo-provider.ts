import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';

export interface DemoProvider {
  url: string;
  stop(): Promise<void>;
}

/** A provider that needs no account: it answers any question with a few words about it, and calls the first tool it is given. */
export async function startDemoProvider(): Promise<DemoProvider> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 8, latency: 15, journalMaxEntries: 10 });
  mock.on({ predicate: () => true }, answer);
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
