import type { AIMessageChunk } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import OpenAI from 'openai';
import { embedded } from './embeddings-counterpart.ts';
import {
  asJson,
  asksTool,
  type Call,
  type Client,
  citySchema,
  failing,
  hello,
  imageUrl,
  type Pieces,
  type Place,
} from './scenarios.ts';

// It throws the errors of the openai package it is built on.
const errors = { 400: OpenAI.BadRequestError, 429: OpenAI.RateLimitError };

const open = ({ url, key, model }: Place): ChatOpenAI =>
  new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } });

const tools = [
  { type: 'function' as const, function: { name: 'weather', description: 'the weather', parameters: citySchema } },
];

const history = [
  { role: 'user', content: asksTool },
  {
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
];

const withImage = [
  { type: 'text', text: hello },
  { type: 'image_url', image_url: { url: imageUrl } },
];

const said = async (place: Place, words: string): Promise<string> => (await open(place).invoke(words)).text;

async function stream(place: Place): Promise<Pieces> {
  const pieces: string[] = [];
  for await (const { text } of await open(place).stream(hello)) if (text !== '') pieces.push(text);
  return { pieces };
}

async function streamTool(place: Place): Promise<Call> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await open(place).bindTools(tools).stream(asksTool)) whole = whole?.concat(chunk) ?? chunk;
  return callIn(whole!);
}

function callIn({ tool_calls: calls = [] }: Pick<AIMessageChunk, 'tool_calls'>): Call {
  return { tool: calls[0]!.name, input: calls[0]!.args };
}

async function askForSchema(place: Place): Promise<string> {
  const asking = open(place).withStructuredOutput(citySchema, { name: 'place', method: 'jsonSchema' });
  return JSON.stringify(await asking.invoke(asJson));
}

export const langchainOpenai: Client = {
  name: '@langchain/openai',
  errors,
  does: {
    text: (place) => said(place, hello),
    stream,
    tool: async (place) => callIn(await open(place).bindTools(tools).invoke(asksTool)),
    toolStream: streamTool,
    toolResult: async (place) => {
      const asking = open(place).bindTools(tools);
      return (await asking.invoke(history as never)).text;
    },
    image: async (place) => (await open(place).invoke([{ role: 'user', content: withImage }] as never)).text,
    schema: askForSchema,
    limited: (place) => said(place, failing.limited),
    unfit: (place) => said(place, failing.unfit),
  },
};

function embed({ url, key, model }: Place, texts: string[]): Promise<number[][]> {
  const asking = new OpenAIEmbeddings({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } });
  return asking.embedDocuments(texts);
}

export const langchainEmbeddings: Client = {
  name: '@langchain/openai embeddings',
  errors,
  does: {
    embeddings: (place) => embed(place, embedded),
    limited: (place) => embed(place, [failing.limited]),
    unfit: (place) => embed(place, [failing.unfit]),
  },
};
