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

const sdk = ({ url, key }: Place): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

const errors = { 400: OpenAI.BadRequestError, 429: OpenAI.RateLimitError };

const tools = [
  { type: 'function' as const, function: { name: 'weather', description: 'the weather', parameters: citySchema } },
];

type Messages = OpenAI.ChatCompletionMessageParam[];

async function chat(place: Place, messages: Messages, extra: object = {}): Promise<string | Call> {
  const { choices } = await sdk(place).chat.completions.create({ model: place.model, messages, ...extra });
  return answerOf(choices[0]!.message);
}

function answerOf({ content, tool_calls: calls }: OpenAI.ChatCompletionMessage): string | Call {
  const call = calls?.[0];
  if (call?.type !== 'function') return content ?? '';
  return { tool: call.function.name, input: JSON.parse(call.function.arguments) };
}

const user = (content: string): Messages => [{ role: 'user', content }];

async function streamChat(place: Place): Promise<Pieces> {
  const pieces: string[] = [];
  const helper = sdk(place).chat.completions.stream({ model: place.model, messages: user(hello) });
  await helper.on('content', (piece) => pieces.push(piece)).finalContent();
  return { pieces };
}

async function streamChatTool(place: Place): Promise<string | Call> {
  const helper = sdk(place).chat.completions.stream({ model: place.model, messages: user(asksTool), tools });
  return answerOf(await helper.finalMessage());
}

export const openaiChat: Client = {
  name: 'openai chat',
  errors,
  does: {
    text: (place) => chat(place, user(hello)),
    stream: streamChat,
    toolStream: streamChatTool,
    tool: (place) => chat(place, user(asksTool), { tools }),
    toolResult: (place) =>
      chat(
        place,
        [
          ...user(asksTool),
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
        ],
        { tools },
      ),
    image: (place) =>
      chat(place, [
        {
          role: 'user',
          content: [
            { type: 'text', text: hello },
            { type: 'image_url', image_url: { url: imageUrl } },
          ],
        },
      ]),
    schema: (place) =>
      chat(place, user(asJson), {
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema: citySchema, strict: true } },
      }),
    limited: (place) => chat(place, user(failing.limited)),
    unfit: (place) => chat(place, user(failing.unfit)),
  },
};

const flatTools = [
  { type: 'function' as const, name: 'weather', description: 'the weather', parameters: citySchema, strict: true },
];

async function respond(
  place: Place,
  input: OpenAI.Responses.ResponseInput | string,
  extra: object = {},
): Promise<string | Call> {
  const response = (await sdk(place).responses.create({
    model: place.model,
    input,
    ...extra,
  })) as OpenAI.Responses.Response;
  return outputOf(response);
}

function outputOf(response: OpenAI.Responses.Response): string | Call {
  const call = response.output.find((item) => item.type === 'function_call');
  return call ? { tool: call.name, input: JSON.parse(call.arguments) } : response.output_text;
}

async function streamResponse(place: Place): Promise<Pieces> {
  const pieces: string[] = [];
  const helper = sdk(place).responses.stream({ model: place.model, input: hello });
  helper.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
  const { output_text: text } = await helper.finalResponse();
  // The last event repeats the whole answer.
  return { pieces: text === pieces.join('') ? pieces : [...pieces, `≠ ${text}`] };
}

async function streamResponseTool(place: Place): Promise<string | Call> {
  const helper = sdk(place).responses.stream({ model: place.model, input: asksTool, tools: flatTools });
  return outputOf(await helper.finalResponse());
}

export const openaiResponses: Client = {
  name: 'openai responses',
  speaksResponses: true,
  errors,
  does: {
    text: (place) => respond(place, hello),
    stream: streamResponse,
    toolStream: streamResponseTool,
    tool: (place) => respond(place, asksTool, { tools: flatTools }),
    toolResult: (place) =>
      respond(
        place,
        [
          { role: 'user', content: asksTool },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
          { type: 'function_call_output', call_id: 'call_1', output: '21 degrees' },
        ],
        { tools: flatTools },
      ),
    image: (place) =>
      respond(place, [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: hello },
            { type: 'input_image', image_url: imageUrl, detail: 'auto' },
          ],
        },
      ]),
    schema: (place) =>
      respond(place, asJson, {
        text: { format: { type: 'json_schema', name: 'place', schema: citySchema, strict: true } },
      }),
    limited: (place) => respond(place, failing.limited),
    unfit: (place) => respond(place, failing.unfit),
  },
};

async function complete(place: Place, prompt: string): Promise<string> {
  return (await sdk(place).completions.create({ model: place.model, prompt })).choices[0]!.text;
}

async function streamCompletion(place: Place): Promise<Pieces> {
  const pieces: string[] = [];
  const stream = await sdk(place).completions.create({ model: place.model, prompt: hello, stream: true });
  for await (const { choices } of stream) if (choices[0]?.text) pieces.push(choices[0].text);
  return { pieces };
}

export const openaiCompletions: Client = {
  name: 'openai completions',
  errors,
  lacks: 'has no tools, images and schemas',
  does: {
    text: (place) => complete(place, hello),
    stream: streamCompletion,
    limited: (place) => complete(place, failing.limited),
    unfit: (place) => complete(place, failing.unfit),
  },
};

async function embed(place: Place, input: string[]): Promise<number[][]> {
  // Asks for base64 and decodes it, unless the option says otherwise.
  const { data } = await sdk(place).embeddings.create({ model: place.model, input });
  return data.map(({ embedding }) => embedding);
}

export const openaiEmbeddings: Client = {
  name: 'openai embeddings',
  errors,
  does: {
    embeddings: (place) => embed(place, embedded),
    limited: (place) => embed(place, [failing.limited]),
    unfit: (place) => embed(place, [failing.unfit]),
  },
};
