import { isJsonObject, tryParseJson } from '../../shared/http/json.ts';
import { eventFrame, exceptionFrame } from '../dialects/bedrock/frames.ts';

/** The answer a provider would give if nothing went wrong, so that a fault can cut it, repeat it or hold it back at any place. */
export interface Answer {
  contentType: string;
  /** A stream's events, each with its blank line; the one piece of a whole reply. */
  pieces: readonly Buffer[];
  /** How many of the last pieces belong to the end of a stream: finish, usage, `[DONE]`. */
  ending: number;
  /** An event of a stream without content, as a provider sends it while it works. */
  ping: Buffer;
  /** An event of a stream, or a whole reply, that says what went wrong. */
  error: Buffer;
  streamed: boolean;
}

export interface ProviderDialect {
  name: string;
  /** The provider's configuration, for the base URL of a faulty upstream. */
  config(url: string): object;
  /** Whether a call asks for a stream. */
  streams(path: string, body: string): boolean;
  stream(): Answer;
  whole(): Answer;
}

export const TEXTS = ['Zwölf ', 'Gäste ', '🎉 kommen.'] as const;
const TEXT = TEXTS.join('');

const plain = (value: unknown): Buffer =>
  Buffer.from(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
const named = (value: { type: string; [field: string]: unknown }): Buffer =>
  Buffer.from(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`);
const saysStream: ProviderDialect['streams'] = (_, body) => {
  const request = tryParseJson(body);
  return isJsonObject(request) && request.stream === true;
};
const comment = Buffer.from(': still here\n\n');

function dialect(
  name: string,
  parts: {
    config(url: string): object;
    streams?: ProviderDialect['streams'];
    contentType?: string;
    events: readonly Buffer[];
    ending: number;
    ping?: Buffer;
    streamError: Buffer;
    reply: object;
    replyError: object;
  },
): ProviderDialect {
  const { config, streams = saysStream, contentType = 'text/event-stream', events, ending, ping = comment } = parts;
  const json = { contentType: 'application/json', ending: 1, ping: Buffer.from(' '), streamed: false };
  return {
    name,
    config,
    streams,
    stream: () => ({ contentType, pieces: events, ending, ping, error: parts.streamError, streamed: true }),
    whole: () => ({
      ...json,
      pieces: [Buffer.from(JSON.stringify(parts.reply))],
      error: Buffer.from(JSON.stringify(parts.replyError)),
    }),
  };
}

const failed = { message: 'The engine stopped.', type: 'server_error', code: 'engine_stopped' };

const chatHead = { id: 'chatcmpl-f1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'm-2026' };
const chatUsage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const chatChunk = (delta: object, finish: string | null = null): Buffer =>
  plain({ ...chatHead, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });

const openaiChat = dialect('openai-chat', {
  config: (url) => ({ preset: 'openai-compatible', baseUrl: `${url}/v1`, auth: 'none' }),
  events: [
    chatChunk({ role: 'assistant', content: '' }),
    ...TEXTS.map((content) => chatChunk({ content })),
    chatChunk({}, 'stop'),
    plain({ ...chatHead, choices: [], usage: chatUsage }),
    plain('[DONE]'),
  ],
  ending: 3,
  streamError: plain({ error: failed }),
  reply: {
    ...chatHead,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, logprobs: null, finish_reason: 'stop' }],
    usage: chatUsage,
  },
  replyError: { error: failed },
});

const part = { type: 'output_text', text: TEXT, annotations: [], logprobs: [] };
const item = { id: 'msg_f1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
const responseHead = { id: 'resp_f1', object: 'response', created_at: 1_760_000_000, model: 'm-2026', error: null };
const responseRest = {
  incomplete_details: null,
  instructions: null,
  parallel_tool_calls: true,
  tools: [],
  metadata: {},
};
const response = {
  ...responseHead,
  ...responseRest,
  status: 'completed',
  output: [item],
  usage: { input_tokens: 11, input_tokens_details: { cached_tokens: 0 }, output_tokens: 7, total_tokens: 18 },
};
const begun = { ...response, status: 'in_progress', output: [], usage: null };
const place = { output_index: 0, content_index: 0, item_id: 'msg_f1' };
const responseEvents = [
  { type: 'response.created', response: begun },
  { type: 'response.in_progress', response: begun },
  { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
  { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
  ...TEXTS.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
  { type: 'response.output_text.done', ...place, text: TEXT, logprobs: [] },
  { type: 'response.content_part.done', ...place, part },
  { type: 'response.output_item.done', output_index: 0, item },
  { type: 'response.completed', response },
];

const openaiResponses = dialect('openai-responses', {
  config: (url) => ({ preset: 'openai-responses', baseUrl: `${url}/v1`, auth: 'none' }),
  events: responseEvents.map((event, position) => named({ ...event, sequence_number: position })),
  ending: 1,
  streamError: named({ type: 'error', code: failed.code, message: failed.message, param: null }),
  reply: response,
  replyError: { ...response, status: 'failed', output: [], error: { code: 'server_error', message: failed.message } },
});

const messageHead = { id: 'msg_01F', type: 'message', role: 'assistant', model: 'm-2026', stop_sequence: null };
const blockDelta = (text: string) =>
  named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });

const anthropic = dialect('anthropic', {
  config: (url) => ({ preset: 'anthropic', baseUrl: `${url}/v1`, auth: 'none' }),
  events: [
    named({
      type: 'message_start',
      message: { ...messageHead, content: [], stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } },
    }),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...TEXTS.map(blockDelta),
    named({ type: 'content_block_stop', index: 0 }),
    named({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    named({ type: 'message_stop' }),
  ],
  ending: 3,
  ping: named({ type: 'ping' }),
  streamError: named({ type: 'error', error: { type: 'api_error', message: failed.message } }),
  reply: {
    ...messageHead,
    content: [{ type: 'text', text: TEXT }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 11, output_tokens: 7 },
  },
  replyError: { type: 'error', error: { type: 'api_error', message: failed.message } },
});

const geminiReply = (text: string, finish?: string) => ({
  candidates: [
    { content: { parts: [{ text }], role: 'model' }, ...(finish ? { finishReason: finish } : {}), index: 0 },
  ],
  usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
  modelVersion: 'm-2026',
  responseId: 'f1',
});
const geminiError = { error: { code: 500, message: failed.message, status: 'INTERNAL' } };

const gemini = dialect('gemini', {
  config: (url) => ({ preset: 'gemini', baseUrl: `${url}/v1beta`, auth: 'none' }),
  streams: (path) => path.includes(':streamGenerateContent'),
  events: TEXTS.map((text, at) => plain(geminiReply(text, at === TEXTS.length - 1 ? 'STOP' : undefined))),
  ending: 1,
  streamError: plain(geminiError),
  reply: geminiReply(TEXT, 'STOP'),
  replyError: geminiError,
});

const bedrock = dialect('bedrock', {
  config: (url) => ({ preset: 'bedrock', baseUrl: url, auth: 'bearer', secret: 'AWS_BEARER' }),
  streams: (path) => path.endsWith('/converse-stream'),
  contentType: 'application/vnd.amazon.eventstream',
  events: [
    eventFrame('messageStart', { role: 'assistant' }),
    ...TEXTS.map((text) => eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
    eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
    eventFrame('messageStop', { stopReason: 'end_turn' }),
    eventFrame('metadata', { usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 }, metrics: { latencyMs: 5 } }),
  ],
  ending: 3,
  ping: eventFrame('initial-response', {}),
  streamError: exceptionFrame('internalServerException', failed.message),
  reply: {
    output: { message: { role: 'assistant', content: [{ text: TEXT }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
    metrics: { latencyMs: 5 },
  },
  replyError: { message: failed.message },
});

const cohereUsage = {
  billed_units: { input_tokens: 11, output_tokens: 7 },
  tokens: { input_tokens: 11, output_tokens: 7 },
};

const cohere = dialect('cohere', {
  config: (url) => ({ preset: 'cohere', baseUrl: `${url}/v2`, auth: 'none' }),
  events: [
    named({ type: 'message-start', id: 'co1', delta: { message: { role: 'assistant', content: [] } } }),
    named({ type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
    ...TEXTS.map((text) => named({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } })),
    named({ type: 'content-end', index: 0 }),
    named({ type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: cohereUsage } }),
    plain('[DONE]'),
  ],
  ending: 3,
  streamError: named({ type: 'message-end', delta: { finish_reason: 'ERROR', error: failed.message } }),
  reply: {
    id: 'co1',
    message: { role: 'assistant', content: [{ type: 'text', text: TEXT }] },
    finish_reason: 'COMPLETE',
    usage: cohereUsage,
  },
  replyError: { id: 'co1', message: failed.message },
});

/** It has no stream: what is cut and repeated is its one reply, which comes as JSON or as bytes of no type. */
const business = dialect('business', {
  config: (url) => ({ preset: 'business', baseUrl: url }),
  streams: () => false,
  events: [],
  ending: 0,
  streamError: Buffer.from(''),
  reply: { data: { answer: TEXT }, error: null },
  replyError: { data: null, error: failed },
});

/** The seven formats in which providers answer. */
export const dialects: readonly ProviderDialect[] = [
  openaiChat,
  openaiResponses,
  anthropic,
  gemini,
  bedrock,
  cohere,
  business,
];
