import type { ChatEvent } from '../../../shared/chat/events.ts';
import type { ProviderDialect, ReadContext } from '../../../shared/dialects/dialect.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { openaiResponses } from './held.ts';

/** Responses as they come over the wire: synthetic, after the shapes in OpenAI's documentation and SDK types. */
export const context: ReadContext = { id: 'abc123', model: 'asked', now: 1_700_000_000 };

export type Wire = Record<string, unknown> & { type: string };

/** Events numbered and named as OpenAI does. */
export const sse = (events: readonly Wire[]): string =>
  events
    .map((event, number) => `event: ${event.type}\ndata: ${JSON.stringify({ sequence_number: number, ...event })}\n\n`)
    .join('');

export const usage = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 12 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 123,
};

export const response = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: 'resp_67ccd2be',
  object: 'response',
  created_at: 1_741_476_542,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  model: 'gpt-5-2025-08-07',
  output: [],
  service_tier: 'default',
  usage,
  ...fields,
});

export const message = (text: string, extra: Record<string, unknown> = {}) => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  ...extra,
});

export const call = (n: number, args: unknown = `{"city":"city ${n}"}`) => ({
  id: `fc_${n}`,
  type: 'function_call',
  status: 'completed',
  call_id: `call_${n}`,
  name: 'weather',
  arguments: args,
});

export const reasoning = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [
    { type: 'summary_text', text: 'First **this**.' },
    { type: 'summary_text', text: 'Then that.' },
  ],
  encrypted_content: 'gAAAAABseal==',
};

export const created: Wire = {
  type: 'response.created',
  response: response({ status: 'in_progress', usage: null, output: [] }),
};

export const completed = (output: unknown[], extra: Record<string, unknown> = {}): Wire => ({
  type: 'response.completed',
  response: response({ output, ...extra }),
});

export const added = (item: object, output_index = 0): Wire => ({
  type: 'response.output_item.added',
  output_index,
  item,
});
export const done = (item: object, output_index = 0): Wire => ({
  type: 'response.output_item.done',
  output_index,
  item,
});

/** A call as OpenAI streams it. */
export const callEvents = (n: number, index: number, fragments = [`{"city":`, `"city ${n}"}`]): Wire[] => [
  { type: 'response.output_item.added', output_index: index, item: { ...call(n, ''), status: 'in_progress' } },
  ...fragments.map((delta) => ({
    type: 'response.function_call_arguments.delta',
    item_id: `fc_${n}`,
    output_index: index,
    delta,
  })),
  {
    type: 'response.function_call_arguments.done',
    item_id: `fc_${n}`,
    output_index: index,
    arguments: fragments.join(''),
  },
  { type: 'response.output_item.done', output_index: index, item: call(n, fragments.join('')) },
];

/** A message as OpenAI streams it. */
export const messageEvents = (pieces: readonly string[], index: number): Wire[] => {
  const at = { item_id: 'msg_1', output_index: index, content_index: 0 };
  const part = { type: 'output_text', text: pieces.join(''), annotations: [], logprobs: [] };
  return [
    {
      type: 'response.output_item.added',
      output_index: index,
      item: message('', { content: [], status: 'in_progress' }),
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [], obfuscation: 'x9' })),
    { type: 'response.output_text.done', ...at, text: pieces.join('') },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: index, item: message(pieces.join('')) },
  ];
};

/** Reasoning as OpenAI streams it: a summary in two pieces, the signature with the item's end. */
export const reasoningEvents: Wire[] = [
  { type: 'response.output_item.added', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
  ...reasoning.summary.flatMap((part, summary_index): Wire[] => {
    const at = { item_id: 'rs_1', output_index: 0, summary_index };
    return [
      { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: part.text.slice(0, 3) },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: part.text.slice(3) },
      { type: 'response.reasoning_summary_text.done', ...at, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ];
  }),
  { type: 'response.output_item.done', output_index: 0, item: reasoning },
];

/** A whole turn: reasoning, text, two calls. */
export const turnOutput = [reasoning, message('Grüße 世界 👋'), call(1), call(2)];
export const turn: Wire[] = [
  created,
  { type: 'response.in_progress', response: created.response },
  ...reasoningEvents,
  ...messageEvents(['Grüße ', '世界 ', '👋'], 1),
  ...callEvents(1, 2),
  ...callEvents(2, 3),
  completed(turnOutput),
];

/** The bytes, cut where asked, through the framer and the reader. */
export function read(
  text: string,
  cuts: readonly number[] = [],
  memo?: ReadContext['memo'],
  dialect: ProviderDialect = openaiResponses,
): ChatEvent[] {
  const bytes = Buffer.from(text);
  const framer = sseFramer();
  const reader = dialect.streamReader(memo ? { ...context, memo } : context);
  const events: ChatEvent[] = [];
  let from = 0;
  for (const at of [...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]) {
    for (const { event } of framer.push(bytes.subarray(from, at))) if (event) events.push(...reader.read(event));
    from = at;
  }
  for (const { event } of framer.end()) if (event) events.push(...reader.read(event));
  return [...events, ...reader.end()];
}
