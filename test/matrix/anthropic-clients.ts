import Anthropic from '@anthropic-ai/sdk';
import OlderAnthropic from 'anthropic-sdk-0';
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

type Sdk = Pick<Anthropic, 'messages'>;
type Messages = Anthropic.MessageParam[];

const tools = [{ name: 'weather', description: 'the weather', input_schema: citySchema }];
const user = (content: string): Messages => [{ role: 'user', content }];

async function ask(sdk: Sdk, { model }: Place, messages: Messages, extra: object = {}): Promise<string | Call> {
  const body = { model, max_tokens: 500, messages, ...extra };
  const message = await sdk.messages.create(body as Anthropic.MessageCreateParamsNonStreaming);
  return answerOf(message);
}

function answerOf({ content }: Anthropic.Message): string | Call {
  const call = content.find((block) => block.type === 'tool_use');
  if (call) return { tool: call.name, input: call.input };
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

async function stream(sdk: Sdk, { model }: Place): Promise<Pieces> {
  const pieces: string[] = [];
  const helper = sdk.messages.stream({ model, max_tokens: 500, messages: user(hello) });
  await helper.on('text', (piece) => pieces.push(piece)).finalMessage();
  return { pieces };
}

async function streamTool(sdk: Sdk, { model }: Place): Promise<string | Call> {
  const helper = sdk.messages.stream({ model, max_tokens: 500, messages: user(asksTool), tools });
  return answerOf(await helper.finalMessage());
}

function clientOf(name: string, errors: Client['errors'], open: (place: Place) => Sdk): Client {
  return {
    name,
    errors,
    does: {
      text: (place) => ask(open(place), place, user(hello)),
      stream: (place) => stream(open(place), place),
      toolStream: (place) => streamTool(open(place), place),
      tool: (place) => ask(open(place), place, user(asksTool), { tools }),
      toolResult: (place) =>
        ask(
          open(place),
          place,
          [
            ...user(asksTool),
            {
              role: 'assistant',
              content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Paris' } }],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '21 degrees' }] },
          ],
          { tools },
        ),
      image: (place) =>
        ask(open(place), place, [
          {
            role: 'user',
            content: [
              { type: 'text', text: hello },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
        ]),
      schema: (place) =>
        ask(open(place), place, user(asJson), {
          output_config: { format: { type: 'json_schema', schema: citySchema } },
        }),
      limited: (place) => ask(open(place), place, user(failing.limited)),
      unfit: (place) => ask(open(place), place, user(failing.unfit)),
    },
  };
}

export const anthropic = clientOf(
  '@anthropic-ai/sdk 1',
  { 400: Anthropic.BadRequestError, 429: Anthropic.RateLimitError },
  ({ url, key }) => new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
);
export const olderAnthropic = clientOf(
  '@anthropic-ai/sdk 0',
  { 400: OlderAnthropic.BadRequestError, 429: OlderAnthropic.RateLimitError },
  ({ url, key }) => new OlderAnthropic({ baseURL: url, apiKey: key, maxRetries: 0 }) as unknown as Sdk,
);
