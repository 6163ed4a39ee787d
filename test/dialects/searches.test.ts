import { describe, expect, test } from 'vitest';
import { type ChatReply, replayReply } from '../../shared/chat/reply.ts';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { bedrock } from '../../shared/dialects/bedrock/provider/dialect.ts';
import type { ClientDialect } from '../../shared/dialects/dialect.ts';
import { gemini } from '../../shared/dialects/gemini/provider/dialect.ts';
import { openaiChat } from '../../shared/dialects/openai-chat/provider/dialect.ts';
import { openaiResponsesClient } from '../../shared/dialects/openai-responses/client/dialect.ts';
import type { JsonObject } from '../../shared/http/json.ts';

/** What a provider searched the web for and found, in the words of callers of other dialects. */
const context = { id: 'abc', model: 'm', now: 1_700_000_000 };

const grounded = {
  candidates: [
    {
      content: { role: 'model', parts: [{ text: 'Zürich is big.' }] },
      finishReason: 'STOP',
      groundingMetadata: {
        webSearchQueries: ['zurich size'],
        groundingChunks: [{ web: { uri: 'https://a.ch', title: 'A' } }, { retrievedContext: {} }],
        groundingSupports: [
          { segment: { endIndex: 7, text: 'Zürich' }, groundingChunkIndices: [0, 1, 9] },
          { segment: { startIndex: 8, endIndex: 15 }, groundingChunkIndices: [0] },
        ],
      },
    },
  ],
};
const search = { id: 'ws_abc', queries: ['zurich size'], sources: [{ url: 'https://a.ch', title: 'A' }] };

/** The blocks or items that a stream of an answer gives. */
function streamed(reply: ChatReply, client: ClientDialect, request: JsonObject): JsonObject[] {
  const writer = client.streamWriter(client.glance(request), { ...context, request });
  const text =
    replayReply(reply)
      .map((event) => writer.write(event))
      .join('') + writer.end();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
}

describe('an answer that Google grounded', () => {
  const reply = gemini.readReply(grounded, context);

  test('is cited in UTF-16 units, and holds its search', () => {
    expect(reply.choices[0]?.parts).toEqual([
      {
        type: 'text',
        text: 'Zürich is big.',
        citations: [
          { url: 'https://a.ch', title: 'A', start: 0, end: 6 },
          { url: 'https://a.ch', title: 'A', start: 7, end: 14 },
        ],
      },
      { type: 'hosted-call', ...search },
    ]);
  });

  test('is read the same from a stream whose metadata grows', () => {
    const [candidate] = grounded.candidates;
    const { groundingMetadata, finishReason, content } = candidate!;
    const { groundingSupports: _, ...early } = groundingMetadata;
    const reader = gemini.streamReader(context);
    const chunks = [
      { candidates: [{ content, groundingMetadata: early }] },
      { candidates: [{ finishReason, groundingMetadata }] },
    ];
    const events = [...chunks.flatMap((chunk) => reader.read({ data: JSON.stringify(chunk) })), ...reader.end()];
    expect(events.filter(({ type }) => type === 'citation')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'hosted-call')).toEqual([{ type: 'hosted-call', ...search }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  test('gives a caller of Anthropic’s the search and its results', () => {
    const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const id = 'srvtoolu_sluice_ws_abc';
    const found = { type: 'web_search_result', url: 'https://a.ch', title: 'A', encrypted_content: '', page_age: null };
    const blocks = [
      { type: 'server_tool_use', id, name: 'web_search', input: { query: 'zurich size' } },
      { type: 'web_search_tool_result', tool_use_id: id, content: [found] },
    ];
    expect((anthropicClient.writeReply(reply, context).content as object[]).slice(1)).toEqual(blocks);
    const events = streamed(reply, anthropicClient, request);
    const starts = events.filter(({ type }) => type === 'content_block_start');
    expect(starts.map(({ content_block: block }) => block).slice(1)).toEqual([{ ...blocks[0], input: {} }, blocks[1]]);
    expect(starts.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(events).toContainEqual(
      expect.objectContaining({ delta: { type: 'input_json_delta', partial_json: '{"query":"zurich size"}' } }),
    );

    // Anthropic would refuse what another vendor found: it does not get these blocks back.
    const history = { ...request, messages: [...request.messages, { role: 'assistant', content: blocks }] };
    expect(anthropicClient.glance(history)).toMatchObject({ hasForeignSignatures: true });
    expect(anthropicClient.readRequest(history).messages.at(-1)).toEqual({ role: 'assistant', parts: [] });
  });

  test('gives a caller of Responses an item, with its events in a stream', () => {
    const action = {
      type: 'search',
      query: 'zurich size',
      queries: ['zurich size'],
      sources: [{ type: 'url', url: 'https://a.ch' }],
    };
    const item = { type: 'web_search_call', status: 'completed', action };
    expect((openaiResponsesClient.writeReply(reply, context).output as object[])[1]).toMatchObject(item);
    const events = streamed(reply, openaiResponsesClient, { model: 'm', input: 'hi' });
    expect(events.filter(({ output_index: at }) => at === 1).map(({ type }) => type)).toEqual([
      'response.output_item.added',
      'response.web_search_call.in_progress',
      'response.web_search_call.searching',
      'response.web_search_call.completed',
      'response.output_item.done',
    ]);
  });
});

test('a search that AWS runs is no call of the caller’s, and its citations stay', () => {
  const run = { toolUseId: 't1', name: 'nova_grounding', type: 'server_tool_use', input: { query: 'q' } };
  const citation = { location: { web: { url: 'https://a.ch', domain: 'a.ch' } } };
  const content = [
    { toolUse: run },
    { toolResult: { toolUseId: 't1', type: 'nova_grounding_result', content: [], status: 'success' } },
    { citationsContent: { content: [{ text: 'Big.' }], citations: [citation] } },
  ];
  const reply = bedrock.readReply(
    { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' },
    context,
  );
  expect(reply.choices).toMatchObject([
    { finish: 'stop', parts: [{ type: 'text', text: 'Big.', citations: [{ url: 'https://a.ch' }] }] },
  ]);
  const reader = bedrock.streamReader(context);
  const frames: [string, object][] = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: run } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"query":"q"}' } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Big.' } }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { citation } }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['messageStop', { stopReason: 'end_turn' }],
  ];
  const events = [
    ...frames.flatMap(([event, data]) => reader.read({ event, data: JSON.stringify(data) })),
    ...reader.end(),
  ];
  expect(events.map(({ type }) => type)).toEqual(['start', 'part-end', 'text', 'citation', 'part-end', 'finish']);
  expect(events.at(-1)).toMatchObject({ reason: 'stop' });
});

test('a tool of free text that went as a function is one again in the answer', () => {
  const memo = { customTools: new Set(['patch']) };
  const call = { id: 'c', type: 'function', function: { name: 'patch', arguments: '{"input":"a \\"b\\""}' } };
  const whole = openaiChat.readReply(
    { choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', tool_calls: [call] } }] },
    { ...context, memo },
  );
  const expected = { type: 'tool-call', kind: 'custom', id: 'c', name: 'patch' };
  expect(whole.choices[0]?.parts).toEqual([{ ...expected, arguments: 'a "b"' }]);
  const reader = openaiChat.streamReader({ ...context, memo });
  const deltas = ['{"inp', 'ut":"a \\"', 'b\\""}'].map((text, at) => ({
    tool_calls: [
      {
        index: 0,
        ...(at === 0 ? { id: 'c' } : {}),
        function: { ...(at === 0 ? { name: 'patch' } : {}), arguments: text },
      },
    ],
  }));
  const events = [
    ...deltas.flatMap((delta) => reader.read({ data: JSON.stringify({ choices: [{ index: 0, delta }] }) })),
    ...reader.read({ data: JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }) }),
    ...reader.end(),
  ];
  expect(events.slice(1)).toEqual([
    { index: 0, ...expected },
    { type: 'tool-arguments', index: 0, text: 'a "b"' },
    { type: 'finish', reason: 'tool-calls' },
  ]);
});

test('what an answer cites is what the search found, where the provider tells no more of it', () => {
  const asked = { ...context, memo: { searched: true } };
  const annotations = ['https://a.ch', 'https://b.ch', 'https://a.ch'].map((url) => ({
    type: 'url_citation',
    url_citation: { url, title: 'T', start_index: 0, end_index: 1 },
  }));
  const found = {
    type: 'hosted-call',
    id: 'ws_abc',
    queries: [],
    sources: ['https://a.ch', 'https://b.ch'].map((url) => ({ url, title: 'T' })),
  };
  const message = { role: 'assistant', content: 'x', annotations };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  expect(openaiChat.readReply({ choices }, asked).choices[0]?.parts[1]).toEqual(found);
  expect(openaiChat.readReply({ choices }, context).choices[0]?.parts).toHaveLength(1);
  const reader = openaiChat.streamReader(asked);
  const chunk = { choices: [{ index: 0, finish_reason: 'stop', delta: { content: 'x', annotations } }] };
  const events = [...reader.read({ data: JSON.stringify(chunk) }), ...reader.end()];
  expect(events.slice(-2)).toEqual([found, { type: 'finish', reason: 'stop' }]);
});
