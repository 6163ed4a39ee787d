import { citySchema, imageUrl, PNG, type Scenario } from './scenarios.ts';
import type { Asked } from './wire-tap.ts';

/** A provider of each dialect: how it is configured, how it says things, and what it refuses, with the words that say so. */
export interface ProviderRow {
  name: string;
  model: string;
  embeddingModel?: string;
  config(url: string): object;
  /** Whether it was asked for a stream. */
  streams(asked: Asked): boolean;
  /** Pieces of JSON that must have reached it, in its own form. */
  form: Partial<Record<FormOf, object>>;
  refuses: Partial<Record<Scenario, RegExp>>;
  /** Why it refuses, for a reader of the table. */
  lacks?: string;
}

export type FormOf = 'tool' | 'toolResult' | 'image' | 'schema' | 'schemaTool';

const noTools = /'tools'|type 'tool/;
const bodySays = ({ body }: Asked): boolean => body.stream === true;

const openaiTool = { type: 'function', function: { name: 'weather', parameters: citySchema } };
const openaiSchemaTool = { type: 'function', function: { name: 'json', parameters: citySchema } };
const openaiResult = { role: 'tool', tool_call_id: 'call_1', content: /21 degrees/ };
const openaiImage = { type: 'image_url', image_url: { url: imageUrl } };
/** Gemini spells types in capitals and knows no `additionalProperties`. */
const geminiSchema = { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] };

export const providers: readonly ProviderRow[] = [
  {
    name: 'openai',
    model: 'gpt-4o',
    embeddingModel: 'text-embedding-3-small',
    config: (url) => ({ baseUrl: `${url}/v1` }),
    streams: bodySays,
    form: {
      tool: openaiTool,
      toolResult: openaiResult,
      image: openaiImage,
      schema: { response_format: { type: 'json_schema', json_schema: { schema: citySchema } } },
      schemaTool: openaiSchemaTool,
    },
    refuses: {},
  },
  {
    name: 'openai-responses',
    model: 'gpt-4o',
    config: (url) => ({ baseUrl: `${url}/v1` }),
    streams: bodySays,
    form: {
      tool: { type: 'function', name: 'weather', parameters: citySchema },
      toolResult: { type: 'function_call_output', call_id: 'call_1', output: /21 degrees/ },
      image: { type: 'input_image', image_url: imageUrl },
      schema: { text: { format: { type: 'json_schema', schema: citySchema } } },
      schemaTool: { type: 'function', name: 'json', parameters: citySchema },
    },
    refuses: {},
  },
  {
    name: 'anthropic',
    model: 'claude-sonnet-4-5',
    config: (url) => ({ baseUrl: `${url}/v1` }),
    streams: bodySays,
    form: {
      tool: { name: 'weather', input_schema: citySchema },
      toolResult: { type: 'tool_result', tool_use_id: 'call_1', content: /21 degrees/ },
      image: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
      schema: { output_config: { format: { type: 'json_schema', schema: citySchema } } },
      schemaTool: { name: 'json', input_schema: citySchema },
    },
    refuses: {},
  },
  {
    name: 'gemini',
    model: 'gemini-2.5-pro',
    embeddingModel: 'gemini-embedding-001',
    config: (url) => ({ baseUrl: `${url}/v1beta` }),
    streams: ({ path }) => path.includes(':streamGenerateContent'),
    form: {
      tool: { functionDeclarations: [{ name: 'weather', parameters: geminiSchema }] },
      // It knows a call by its name.
      toolResult: { functionResponse: { name: 'weather', response: /21 degrees/ } },
      image: { inlineData: { mimeType: 'image/png', data: PNG } },
      schema: { generationConfig: { responseMimeType: 'application/json', responseSchema: geminiSchema } },
      schemaTool: { functionDeclarations: [{ name: 'json', parameters: geminiSchema }] },
    },
    refuses: {},
  },
  {
    name: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    embeddingModel: 'amazon.titan-embed-text-v2:0',
    config: (url) => ({ baseUrl: url, auth: 'bearer' }),
    streams: ({ path }) => path.endsWith('/converse-stream'),
    form: {
      tool: { toolSpec: { name: 'weather', inputSchema: { json: citySchema } } },
      toolResult: { toolResult: { toolUseId: 'call_1', content: [{ text: '21 degrees' }] } },
      image: { image: { format: 'png', source: { bytes: PNG } } },
      // The schema is a text in it.
      schema: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: /"required":\["city"\]/ } } } },
      schemaTool: { toolSpec: { name: 'json', inputSchema: { json: citySchema } } },
    },
    refuses: {},
  },
  {
    name: 'cohere',
    model: 'command-a-03-2025',
    embeddingModel: 'embed-v4.0',
    config: (url) => ({ baseUrl: `${url}/v2` }),
    streams: bodySays,
    form: {
      tool: openaiTool,
      toolResult: openaiResult,
      image: openaiImage,
      schema: { response_format: { type: 'json_object', json_schema: citySchema } },
      schemaTool: openaiSchemaTool,
    },
    refuses: {},
  },
  {
    name: 'business',
    model: 'assistant',
    config: (url) => ({ baseUrl: url }),
    // It answers in one piece, whatever the caller asked for.
    streams: () => true,
    form: {},
    refuses: {
      tool: noTools,
      toolStream: noTools,
      toolResult: noTools,
      image: /type 'image'/,
      // Some clients ask for a schema by a tool of their own making.
      schema: /promises no JSON|takes no tools/,
    },
    lacks: 'has no tools, images and schemas',
  },
];
