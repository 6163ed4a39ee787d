import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply, replayReply } from '../../../shared/chat/reply.ts';
import { openaiChatClient } from '../../../shared/dialects/openai-chat/client/dialect.ts';
import { streamWriter } from '../../../shared/dialects/openai-chat/client/write-stream.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { openaiChat } from './held.ts';

/** Read, written, and read again: nothing that both sides can say is lost. */
const context = { id: 'abc123', model: 'm', now: 1_700_000_000 };

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const textPart = text.map((value) => ({ type: 'text', text: value }));
const imagePart = fc.record({
  type: fc.constant('image_url'),
  image_url: fc.record({
    url: fc.constantFrom('https://x.example/a.png', 'data:image/png;base64,AAAA'),
    detail: fc.constantFrom('low', 'high'),
  }),
});
const filePart = fc.record({
  type: fc.constant('file'),
  file: fc.record({ file_data: fc.constant('data:application/pdf;base64,AAAA'), filename: text }),
});
const audioPart = fc.constant({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } });
const parts = fc.array(fc.oneof(textPart, imagePart, filePart, audioPart), { minLength: 2, maxLength: 4 });
const call = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constant('function'),
  function: fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.json() }),
});
/** Calls, each with an id of its own, and their results directly after them, as OpenAI demands. */
const calling = fc.tuple(fc.uuid(), fc.array(call, { minLength: 1, maxLength: 3 }), text).map(([id, calls, result]) => {
  const named = calls.map((one, index) => ({ ...one, id: `${id}-${index}` }));
  const results = named.map((one) => ({ role: 'tool', tool_call_id: one.id, content: result }));
  return [{ role: 'assistant', content: null, tool_calls: named }, ...results];
});
const spoken = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: text }),
  fc.record({ role: fc.constant('user'), content: fc.oneof(text, parts), name: fc.constant('ann') }),
  fc.record({ role: fc.constant('assistant'), content: text }),
  fc.record({ role: fc.constant('assistant'), content: text, reasoning_content: text }),
);
const message: fc.Arbitrary<object[]> = fc.oneof(
  spoken.map((one) => [one]),
  calling,
);
const optional = fc.record(
  {
    temperature: fc.constantFrom(0, 0.5, 2),
    top_p: fc.constantFrom(0.1, 1),
    max_completion_tokens: fc.nat(1000),
    seed: fc.nat(100),
    stop: fc.array(text, { minLength: 1, maxLength: 4 }),
    n: fc.constantFrom(1, 3),
    tools: fc.constant([
      {
        type: 'function',
        function: {
          name: 'f',
          description: 'd',
          parameters: { type: 'object', properties: { a: { type: 'string' } } },
          strict: true,
        },
      },
    ]),
    response_format: fc.constantFrom(
      { type: 'json_object' },
      { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
    ),
    reasoning_effort: fc.constantFrom('low', 'high'),
    user: text,
    service_tier: fc.constant('flex'),
    // What the hub has no word for comes back to its own dialect as it was.
    enable_thinking: fc.boolean(),
    metadata: fc.constant({ a: 'b' }),
    logit_bias: fc.constant({ '1': 5 }),
    modalities: fc.constant(['text']),
  },
  { requiredKeys: [] },
);
const request = fc
  .tuple(fc.array(message, { minLength: 1, maxLength: 6 }), optional)
  .map(([messages, rest]) => ({ model: 'm', messages: messages.flat(), ...rest }));

const written = (body: object): object => {
  const { body: bytes } = openaiChat.writeRequest(openaiChatClient.readRequest(JSON.parse(JSON.stringify(body))), {
    model: 'm',
    traits: {},
  });
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
};

describe('a request', () => {
  test('read and written is the same request', () => {
    fc.assert(
      fc.property(request, (body) => {
        expect(written(body)).toEqual(JSON.parse(JSON.stringify(body)));
      }),
      { numRuns: 500 },
    );
  });

  test('#59 gives the same bytes each time, and equal beginnings stay equal', () => {
    fc.assert(
      fc.property(request, message, (body, more) => {
        const short = JSON.stringify((written(body) as { messages: unknown[] }).messages);
        const long = JSON.stringify(
          (written({ ...body, messages: [...body.messages, ...more] }) as { messages: unknown[] }).messages,
        );
        expect(long.startsWith(short.slice(0, -1))).toBe(true);
      }),
    );
  });
});

const reply = fc.record({
  id: fc.constant('chatcmpl-1'),
  model: fc.constant('m'),
  created: fc.constant(1_700_000_000),
  choices: fc
    .tuple(
      fc.array(
        fc.oneof(
          text.map((value) => ({ type: 'text' as const, text: value })),
          fc.tuple(fc.uuid(), fc.json()).map(([id, value]) => ({
            type: 'tool-call' as const,
            id,
            name: 'f',
            arguments: value === 'null' ? '{}' : value,
          })),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      text,
    )
    .map(([said, thinkingPart]) => [
      {
        parts: [{ type: 'thinking' as const, text: thinkingPart }, ...said],
        finish: said.some(({ type }) => type === 'tool-call') ? ('tool-calls' as const) : ('length' as const),
      },
    ]),
  usage: fc.constant({ input: 5, output: 6, cacheRead: 2, reasoning: 1 }),
});

/** Text is one field in this dialect: its pieces are one, and stand before the calls. */
const asOneText = (parts: readonly { type: string; text?: string }[]) => {
  const texts = parts.filter(({ type }) => type === 'text').map((part) => part.text);
  return [
    ...parts.filter(({ type }) => type === 'thinking'),
    ...(texts.length === 0 ? [] : [{ type: 'text', text: texts.join('') }]),
    ...parts.filter(({ type }) => type === 'tool-call'),
  ];
};

describe('a reply', () => {
  test('written and read is the same reply', () => {
    fc.assert(
      fc.property(reply, (original) => {
        const back = openaiChat.readReply(
          JSON.parse(JSON.stringify(openaiChatClient.writeReply(original, context))),
          context,
        );
        expect(back).toEqual({
          ...original,
          choices: [{ ...original.choices[0], parts: asOneText(original.choices[0]!.parts) }],
        });
      }),
      { numRuns: 300 },
    );
  });

  test('written as a stream and read is the same reply', () => {
    fc.assert(
      fc.property(reply, (original) => {
        const writer = streamWriter({ streamUsage: true }, context);
        const wire =
          replayReply(original)
            .map((event) => writer.write(event))
            .join('') + writer.end();
        const reader = openaiChat.streamReader(context);
        const framer = sseFramer();
        const events = [...framer.push(Buffer.from(wire)), ...framer.end()].flatMap(({ event }) =>
          event ? reader.read(event) : [],
        );
        const back = collectReply([...events, ...reader.end()]);
        expect({ ...back, choices: [{ ...back.choices[0], parts: asOneText(back.choices[0]!.parts) }] }).toEqual({
          ...original,
          choices: [{ ...original.choices[0], parts: asOneText(original.choices[0]!.parts) }],
        });
      }),
      { numRuns: 300 },
    );
  });
});
