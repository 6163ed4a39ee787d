/** Bodies of requests that are large in one way each. */

const hello = [{ role: 'user', content: 'Hello' }];

export const bodies = {
  whole: (model: string) => ({ model, messages: hello }),
  stream: (model: string) => ({ model, stream: true, messages: hello }),
  messages: (model: string) => ({ model, max_tokens: 10, messages: hello }),
  messagesStream: (model: string) => ({ model, stream: true, max_tokens: 10, messages: hello }),
  escapedImage: (model: string) => ({
    model,
    messages: [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'%41'.repeat(1_990_000)}` } }],
      },
    ],
  }),
  responsesStream: (model: string) => ({ model, stream: true, input: 'Hello' }),
  shortMessages: (model: string) => ({
    model,
    messages: Array.from({ length: 120_000 }, (_, at) => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: 'ja',
    })),
  }),
  toolCalls: (model: string) => ({
    model,
    messages: [
      { role: 'user', content: 'Call.' },
      { role: 'assistant', content: null, tool_calls: indices.map((at) => call(at)) },
      ...indices.map((at) => ({ role: 'tool', tool_call_id: `call_${at}`, content: 'done' })),
    ],
  }),
  collidingNames: (model: string) => ({
    model,
    input: 'Hello',
    tools: [
      named('_'.repeat(1_000)),
      ...Array.from({ length: 7_000 }, (_, at) => named(`${'_'.repeat(1_000)}_${at + 2}`)),
      ...Array.from({ length: 250 }, (_, at) => ({
        type: 'namespace',
        name: '_'.repeat(at + 2),
        tools: [named('_'.repeat(998 - at))],
      })),
    ],
  }),
  longGroup: (model: string) => ({
    model,
    input: 'Hello',
    tools: [
      {
        type: 'namespace',
        name: 'n'.repeat(100_000),
        tools: Array.from({ length: 1_000 }, (_, at) => named(`t${at}`)),
      },
    ],
  }),
  oddNames: (model: string) => ({
    model,
    max_tokens: 10,
    messages: [{ role: 'user', content: 'x'.repeat(5_000_000) }],
    'a\r\nx-evil: 1': 1,
    日本: 1,
    [`long${'n'.repeat(20_000)}`]: 1,
  }),
};

const named = (name: string) => ({ type: 'function', name, parameters: {} });
const indices = Array.from({ length: 10_000 }, (_, at) => at);
const call = (at: number) => ({
  id: `call_${at}`,
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Basel"}' },
});

/** A stream of OpenAI's with so many calls of a tool. */
export function toolCallStream(count: number): string[] {
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const calls = Array.from({ length: count }, (_, at) => chunk({ tool_calls: [{ index: at, ...call(at) }] }));
  return [chunk({ role: 'assistant', content: null }), calls.join(''), chunk({}, 'tool_calls'), 'data: [DONE]\n\n'];
}
