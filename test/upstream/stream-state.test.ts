import { expect, test } from 'vitest';
import { anthropic } from '../../shared/dialects/anthropic/provider/dialect.ts';
import { bedrock } from '../../shared/dialects/bedrock/provider/dialect.ts';
import { cohere } from '../../shared/dialects/cohere/provider/dialect.ts';
import type { ProviderDialect, StreamState } from '../../shared/dialects/dialect.ts';
import { gemini } from '../../shared/dialects/gemini/provider/dialect.ts';
import { openaiChat } from '../../shared/dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../shared/dialects/openai-responses/provider/dialect.ts';
import type { SseEvent } from '../../shared/http/sse.ts';

const context = { id: 'a1', model: 'm', now: 1 };

const event = (data: unknown, name?: string): SseEvent => ({
  data: typeof data === 'string' ? data : JSON.stringify(data),
  ...(name === undefined ? {} : { event: name }),
});

const choice = (reason: string | null, index = 0) =>
  event({ choices: [{ index, delta: { content: 'a' }, finish_reason: reason }] });
const candidate = (reason?: string) =>
  event({ candidates: [{ content: { parts: [{ text: 'a' }] }, ...(reason ? { finishReason: reason } : {}) }] });

/** After each event: where the stream stands. */
const streams: [string, ProviderDialect, [SseEvent, StreamState][]][] = [
  [
    '[DONE]',
    openaiChat,
    [
      [choice(null), 'open'],
      [choice('stop'), 'ending'],
      [event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }), 'ending'],
      [event('[DONE]'), 'over'],
    ],
  ],
  [
    '[DONE] after two choices',
    openaiChat,
    [
      [choice('stop'), 'ending'],
      [choice(null, 1), 'open'],
      [choice('stop', 1), 'ending'],
    ],
  ],
  [
    'message_stop',
    anthropic,
    [
      [event({ type: 'message_start', message: { id: 'x', usage: {} } }), 'open'],
      [event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} }), 'ending'],
      [event({ type: 'message_stop' }), 'over'],
    ],
  ],
  ...['completed', 'incomplete', 'failed'].map((end): [string, ProviderDialect, [SseEvent, StreamState][]] => [
    `response.${end}`,
    openaiResponses,
    [
      [event({ type: 'response.created', response: { id: 'r' } }), 'open'],
      [event({ type: `response.${end}`, response: { id: 'r', output: [] } }), 'over'],
    ],
  ]),
  [
    'message-end',
    cohere,
    [
      [event({ type: 'message-start', id: 'x' }), 'open'],
      [event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }), 'over'],
    ],
  ],
  [
    'metadata behind messageStop',
    bedrock,
    [
      [event({ contentBlockIndex: 0, delta: { text: 'a' } }, 'contentBlockDelta'), 'open'],
      [event({ stopReason: 'end_turn' }, 'messageStop'), 'ending'],
      [event({ usage: { inputTokens: 1, outputTokens: 1 } }, 'metadata'), 'over'],
    ],
  ],
  [
    'nothing but the end of its bytes',
    gemini,
    [
      [candidate(), 'open'],
      [candidate('STOP'), 'ending'],
    ],
  ],
];

test.each(streams)('a stream of this dialect is over with %s', (_, dialect, steps) => {
  const reader = dialect.streamReader(context);
  const stands = steps.map(([next]) => {
    reader.read(next);
    return reader.state?.();
  });
  expect(stands).toEqual(steps.map(([, state]) => state));
});

test.each(streams)(
  'a stream that ends with %s ends well where its bytes end after its reasons to stop',
  (name, dialect, steps) => {
    const reader = dialect.streamReader(context);
    const events = steps.flatMap(([next]) => reader.read(next));
    const end = [...events, ...reader.end()].findLast(({ type }) => type === 'finish' || type === 'error');
    expect(end?.type).toBe(name === 'response.failed' ? 'error' : 'finish');
  },
);
