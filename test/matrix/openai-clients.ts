import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { asJson, type Call, type Client, citySchema, failing, hello, type Place, PNG } from './scenarios.ts';

const sdk = ({ url, key }: Place): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

const tools = [
  { type: 'function' as const, function: { name: 'weather', description: 'the weather', parameters: citySchema } },
];
const dataUrl = `data:image/png;base64,${PNG}`;

type Messages = OpenAI.ChatCompletionMessageParam[];

async function chat(place: Place, messages: Messages, extra: object = {}): Promise<string | Call> {
  const { choices } = await sdk(place).chat.completions.create({ model: place.model, messages, ...extra });
  const { content, tool_calls: calls } = choices[0]!.message;
  const call = calls?.[0];
  if (call?.type !== 'function') return content ?? '';
  return { tool: call.function.name, input: JSON.parse(call.function.arguments) };
}

const user = (content: string): Messages => [{ role: 'user', content }];

export const openaiChat: Client = {
  name: 'openai chat',
  does: {
    text: (place) => chat(place, user(hello)),
    stream: (place) =>
      sdk(place)
        .chat.completions.stream({ model: place.model, messages: user(hello) })
        .finalContent()
        .then(String),
    tool: (place) => chat(place, user('How is the weather?'), { tools }),
    toolResult: (place) =>
      chat(
        place,
        [
          ...user('How is the weather?'),
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
            { type: 'image_url', image_url: { url: dataUrl } },
          ],
        },
      ]),
    schema: (place) =>
      chat(place, user(asJson), {
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema: citySchema, strict: true } },
      }),
    error: (place) => chat(place, user(failing)),
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
  const call = response.output.find((item) => item.type === 'function_call');
  return call ? { tool: call.name, input: JSON.parse(call.arguments) } : response.output_text;
}

export const openaiResponses: Client = {
  name: 'openai responses',
  does: {
    text: (place) => respond(place, hello),
    stream: async (place) =>
      (await sdk(place).responses.stream({ model: place.model, input: hello }).finalResponse()).output_text,
    tool: (place) => respond(place, 'How is the weather?', { tools: flatTools }),
    toolResult: (place) =>
      respond(
        place,
        [
          { role: 'user', content: 'How is the weather?' },
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
            { type: 'input_image', image_url: dataUrl, detail: 'auto' },
          ],
        },
      ]),
    schema: (place) =>
      respond(place, asJson, {
        text: { format: { type: 'json_schema', name: 'place', schema: citySchema, strict: true } },
      }),
    error: (place) => respond(place, failing),
  },
};

async function complete(place: Place, prompt: string): Promise<string> {
  return (await sdk(place).completions.create({ model: place.model, prompt })).choices[0]!.text;
}

/** The old completions know no tools, no images and no schemas. */
export const openaiCompletions: Client = {
  name: 'openai completions',
  does: {
    text: (place) => complete(place, hello),
    stream: async (place) => {
      let text = '';
      for await (const { choices } of await sdk(place).completions.create({
        model: place.model,
        prompt: hello,
        stream: true,
      }))
        text += choices[0]?.text ?? '';
      return text;
    },
    error: (place) => complete(place, failing),
  },
};

const langchain = ({ url, key, model }: Place): ChatOpenAI =>
  new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } });

export const langchainOpenai: Client = {
  name: '@langchain/openai',
  does: {
    text: async (place) => (await langchain(place).invoke(hello)).text,
    stream: async (place) => {
      let text = '';
      for await (const chunk of await langchain(place).stream(hello)) text += chunk.text;
      return text;
    },
    tool: async (place) => {
      const { tool_calls: calls } = await langchain(place).bindTools(tools).invoke('How is the weather?');
      return { tool: calls![0]!.name, input: calls![0]!.args };
    },
    toolResult: async (place) => {
      const history = [
        { role: 'user', content: 'How is the weather?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
      ];
      return (
        await langchain(place)
          .bindTools(tools)
          .invoke(history as never)
      ).text;
    },
    image: async (place) => {
      const content = [
        { type: 'text', text: hello },
        { type: 'image_url', image_url: { url: dataUrl } },
      ];
      return (await langchain(place).invoke([{ role: 'user', content }] as never)).text;
    },
    schema: async (place) =>
      JSON.stringify(
        await langchain(place).withStructuredOutput(citySchema, { name: 'place', method: 'jsonSchema' }).invoke(asJson),
      ),
    error: async (place) => (await langchain(place).invoke(failing)).text,
  },
};
