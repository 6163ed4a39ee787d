import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import { embedded } from './embeddings-counterpart.ts';
import {
  asJson,
  asksTool,
  type Call,
  type Client,
  citySchema,
  failing,
  hello,
  type Pieces,
  type Place,
  PNG,
} from './scenarios.ts';

// It warns of models it does not know by name, and knows none behind a gateway.
globalThis.AI_SDK_LOG_WARNINGS = false;

// The package's own types do not hold under exactOptionalPropertyTypes.
const tools = {
  weather: tool({ description: 'the weather', inputSchema: jsonSchema<{ city: string }>(citySchema) }),
} as unknown as ToolSet;

async function generate(model: LanguageModel, messages: ModelMessage[], withTools: boolean): Promise<string | Call> {
  const asked = { model, messages, maxRetries: 0 };
  if (!withTools) return (await generateText(asked)).text;
  const { text, toolCalls } = await generateText({ ...asked, tools });
  return toolCalls[0] ? { tool: toolCalls[0].toolName, input: toolCalls[0].input } : text;
}

const user = (content: string): ModelMessage[] => [{ role: 'user', content }];

async function stream(model: LanguageModel): Promise<Pieces> {
  const pieces: string[] = [];
  for await (const piece of streamText({ model, messages: user(hello), maxRetries: 0 }).textStream) pieces.push(piece);
  return { pieces };
}

async function streamTool(model: LanguageModel): Promise<Call | string> {
  // A stream reports its failure as one of its parts.
  const asked = { model, messages: user(asksTool), maxRetries: 0, tools, onError: () => undefined };
  for await (const part of streamText(asked).stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'tool-call') return { tool: part.toolName, input: part.input };
  }
  return 'no call';
}

const errors = { 400: APICallError, 429: APICallError };

function clientOf(name: string, open: (place: Place) => LanguageModel): Client {
  return {
    name,
    errors,
    does: {
      text: (place) => generate(open(place), user(hello), false),
      stream: (place) => stream(open(place)),
      toolStream: (place) => streamTool(open(place)),
      tool: (place) => generate(open(place), user(asksTool), true),
      toolResult: (place) =>
        generate(
          open(place),
          [
            ...user(asksTool),
            {
              role: 'assistant',
              content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: { city: 'Paris' } }],
            },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  toolCallId: 'call_1',
                  toolName: 'weather',
                  output: { type: 'text', value: '21 degrees' },
                },
              ],
            },
          ],
          true,
        ),
      image: (place) =>
        generate(
          open(place),
          [
            {
              role: 'user',
              content: [
                { type: 'text', text: hello },
                { type: 'file', data: Buffer.from(PNG, 'base64'), mediaType: 'image/png' },
              ],
            },
          ],
          false,
        ),
      schema: async (place) => {
        const output = Output.object({ schema: jsonSchema<{ city: string }>(citySchema), name: 'place' });
        return JSON.stringify(
          (await generateText({ model: open(place), messages: user(asJson), maxRetries: 0, output })).output,
        );
      },
      limited: (place) => generate(open(place), user(failing.limited), false),
      unfit: (place) => generate(open(place), user(failing.unfit), false),
    },
  };
}

const compatible = ({ url, key }: Place) =>
  createOpenAICompatible({ name: 'sluice', baseURL: `${url}/v1`, apiKey: key, supportsStructuredOutputs: true });
const openai = ({ url, key }: Place) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key });

export const vercelCompatible = clientOf('ai + openai-compatible', (place) => compatible(place)(place.model));
export const vercelOpenai: Client = {
  ...clientOf('ai + @ai-sdk/openai', (place) => openai(place)(place.model)),
  speaksResponses: true,
};
export const vercelOpenaiChat = clientOf('ai + @ai-sdk/openai chat', (place) => openai(place).chat(place.model));
export const vercelAnthropic: Client = {
  ...clientOf('ai + @ai-sdk/anthropic', ({ url, key, model }) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
  ),
  // Of models whose names it does not know it expects no schemas.
  schemaByTool: (model) => !model.includes('claude'),
};

async function embed(place: Place, values: string[]): Promise<number[][]> {
  const model = compatible(place).embeddingModel(place.model);
  return (await embedMany({ model, values, maxRetries: 0 })).embeddings;
}

export const vercelEmbeddings: Client = {
  name: 'ai embedMany',
  errors,
  does: {
    embeddings: (place) => embed(place, embedded),
    limited: (place) => embed(place, [failing.limited]),
    unfit: (place) => embed(place, [failing.unfit]),
  },
};
