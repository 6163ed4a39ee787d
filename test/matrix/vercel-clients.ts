import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import { asJson, type Call, type Client, citySchema, failing, hello, type Place, PNG } from './scenarios.ts';

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

function clientOf(name: string, open: (place: Place) => LanguageModel): Client {
  return {
    name,
    does: {
      text: (place) => generate(open(place), user(hello), false),
      stream: async (place) => {
        let text = '';
        for await (const piece of streamText({ model: open(place), messages: user(hello), maxRetries: 0 }).textStream)
          text += piece;
        return text;
      },
      tool: (place) => generate(open(place), user('How is the weather?'), true),
      toolResult: (place) =>
        generate(
          open(place),
          [
            ...user('How is the weather?'),
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
                { type: 'image', image: Buffer.from(PNG, 'base64'), mediaType: 'image/png' },
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
      error: (place) => generate(open(place), user(failing), false),
    },
  };
}

export const vercelCompatible = clientOf('ai + openai-compatible', ({ url, key, model }) =>
  createOpenAICompatible({ name: 'sluice', baseURL: `${url}/v1`, apiKey: key, supportsStructuredOutputs: true })(model),
);
export const vercelOpenai = clientOf('ai + @ai-sdk/openai', ({ url, key, model }) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey: key })(model),
);
export const vercelAnthropic = clientOf('ai + @ai-sdk/anthropic', ({ url, key, model }) =>
  createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
);
