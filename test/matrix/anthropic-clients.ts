import Anthropic from '@anthropic-ai/sdk';
import OlderAnthropic from 'anthropic-sdk-0';
import { asJson, type Call, type Client, citySchema, failing, hello, type Place, PNG } from './scenarios.ts';

type Sdk = Pick<Anthropic, 'messages'>;
type Messages = Anthropic.MessageParam[];

const tools = [{ name: 'weather', description: 'the weather', input_schema: citySchema }];
const user = (content: string): Messages => [{ role: 'user', content }];

async function ask(sdk: Sdk, { model }: Place, messages: Messages, extra: object = {}): Promise<string | Call> {
  const body = { model, max_tokens: 500, messages, ...extra };
  const { content } = (await sdk.messages.create(
    body as Anthropic.MessageCreateParamsNonStreaming,
  )) as Anthropic.Message;
  const call = content.find((block) => block.type === 'tool_use');
  if (call) return { tool: call.name, input: call.input };
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function clientOf(name: string, open: (place: Place) => Sdk): Client {
  return {
    name,
    does: {
      text: (place) => ask(open(place), place, user(hello)),
      stream: (place) =>
        open(place)
          .messages.stream({ model: place.model, max_tokens: 500, messages: user(hello) })
          .finalText(),
      tool: (place) => ask(open(place), place, user('How is the weather?'), { tools }),
      toolResult: (place) =>
        ask(
          open(place),
          place,
          [
            ...user('How is the weather?'),
            {
              role: 'assistant',
              content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Paris' } }],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '21 degrees' }] },
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
      error: (place) => ask(open(place), place, user(failing)),
    },
  };
}

export const anthropic = clientOf(
  '@anthropic-ai/sdk 1',
  ({ url, key }) => new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
);
export const olderAnthropic = clientOf(
  '@anthropic-ai/sdk 0',
  ({ url, key }) => new OlderAnthropic({ baseURL: url, apiKey: key, maxRetries: 0 }) as unknown as Sdk,
);
