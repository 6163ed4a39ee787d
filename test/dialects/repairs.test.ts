import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_RESULT, repairToolChain } from '../../shared/chat/repair-tool-chain.ts';
import type { ChatRequest, Message, ToolCallPart } from '../../shared/chat/request.ts';
import { splitSystem, systemAsReminders, turnsOf, withoutEmptyParts } from '../../shared/chat/turns.ts';
import { legalName, plainNames, withLegalToolIds, withLegalToolNames } from '../../shared/dialects/kit/tool-names.ts';
import { canonicalSource, imageSource, sniffMediaType } from '../../shared/media/sniff.ts';

const text = (words: string) => ({ type: 'text' as const, text: words });
const user = (words: string): Message => ({ role: 'user', parts: [text(words)] });
const call = (id: string): ToolCallPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' });
const calling = (...ids: string[]): Message => ({ role: 'assistant', parts: ids.map(call) });
const results = (...received: [id: string, words: string][]): Message => ({
  role: 'tool',
  results: received.map(([callId, words]) => ({ callId, parts: [text(words)] })),
});

/** Any order of roles, with few ids, so that results miss, repeat and cross. */
const anyMessages: fc.Arbitrary<Message[]> = fc.array(
  fc.oneof(
    fc.constantFrom('', 'u', ' ').map(user),
    fc.constant<Message>({ role: 'system', parts: [text('s')] }),
    fc.constant<Message>({ role: 'assistant', parts: [text('a')] }),
    fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 3 }).map((ids) => calling(...ids)),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '', 'ghost'), fc.constantFrom('x', 'y', '')), {
        minLength: 1,
        maxLength: 3,
      })
      .map((received) => results(...received)),
  ),
  { maxLength: 12 },
);

describe('the chain of calls and results', () => {
  test('a conversation in order comes back equal', () => {
    const good = [user('q'), calling('a', 'b'), results(['a', '1'], ['b', '2']), user('more')];
    expect(repairToolChain(good)).toEqual(good);
  });

  test('#52 results come directly after their calls and in their order, the last of several counts', () => {
    expect(
      repairToolChain([calling('a', 'b'), user('amid'), results(['b', '2'], ['a', '1']), results(['b', '3'])]),
    ).toEqual([calling('a', 'b'), results(['a', '1'], ['b', '3']), user('amid')]);
  });

  test('#52 a call without a result is answered with an error, a result without a call becomes words', () => {
    expect(repairToolChain([results(['ghost', 'boo']), calling('a')])).toEqual([
      { role: 'user', parts: [text('[tool result ghost]'), text('boo')] },
      calling('a'),
      { role: 'tool', results: [{ callId: 'a', name: 'f', isError: true, parts: [text(NO_RESULT)] }] },
    ]);
  });

  test('#76 an id used again belongs to the call before the result; twins in one message are answered in order', () => {
    const again = [
      calling('a'),
      results(['a', '1']),
      calling('a'),
      results(['a', '2']),
      calling('t', 't'),
      results(['t', '3'], ['t', '4']),
    ];
    expect(repairToolChain(again)).toEqual(again);
  });

  test('whatever the order of messages: every call is answered once, in place, and repairing again changes nothing', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const before = JSON.stringify(messages);
        const repaired = repairToolChain(messages);
        expect(JSON.stringify(messages)).toBe(before);
        expect(repairToolChain(repaired)).toEqual(repaired);
        for (const [position, message] of repaired.entries()) {
          const ids =
            message.role === 'assistant'
              ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
              : [];
          const next = repaired[position + 1];
          if (ids.length > 0) expect(next?.role === 'tool' && next.results.map(({ callId }) => callId)).toEqual(ids);
          if (message.role === 'tool') expect(repaired[position - 1]).toMatchObject({ role: 'assistant' });
        }
      }),
    );
  });

  test('#76 ids become legal and unique, and results keep pointing to their calls', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const written = withLegalToolIds(repairToolChain(messages), plainNames(64));
        const ids = written.flatMap((message) =>
          message.role === 'assistant'
            ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
            : [],
        );
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        const answered = written.flatMap((message) =>
          message.role === 'tool' ? message.results.map(({ callId }) => callId) : [],
        );
        expect(answered).toEqual(ids);
      }),
    );
  });
});

describe('turns', () => {
  test('#51 sides take turns, nothing said is lost, results come first', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const { system, rest } = splitSystem(messages);
        expect([...system, ...rest]).toEqual(messages);
        expect(rest[0]?.role).not.toBe('system');
        const turns = turnsOf(withoutEmptyParts(systemAsReminders(repairToolChain(rest))));
        for (const [position, turn] of turns.entries()) {
          expect(turn.role).not.toBe(turns[position + 1]?.role);
          expect(turn.parts.length + (turn.role === 'user' ? turn.results.length : 0)).toBeGreaterThan(0);
        }
        const said = JSON.stringify(turns).match(/system-reminder>\\n/g)?.length ?? 0;
        expect(said).toBe(rest.filter(({ role }) => role === 'system').length);
      }),
    );
  });

  test('#50 a mark on an empty part moves to the part before, or to its result; the input is not touched', () => {
    const given: Message[] = [
      { role: 'user', parts: [text('a'), { ...text(' '), cache: { ttl: '1h' } }] },
      { role: 'tool', results: [{ callId: 'a', parts: [{ ...text(''), cache: {} }] }] },
    ];
    const before = structuredClone(given);
    expect(withoutEmptyParts(given)).toEqual([
      { role: 'user', parts: [{ ...text('a'), cache: { ttl: '1h' } }] },
      { role: 'tool', results: [{ callId: 'a', parts: [], cache: {} }] },
    ]);
    expect(given).toEqual(before);
  });
});

describe('names of tools', () => {
  test('#71 a legal name stays, any other becomes legal, shorter and its own, by the name alone', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 90 }), fc.stringMatching(/^[a-z.:]{60,90}$/)),
        ),
        fc.constantFrom(64, 128),
        (names, most) => {
          const rule = plainNames(most);
          const legal = names.map((name) => legalName(name, rule));
          expect(new Set(legal).size).toBe(names.length);
          for (const [position, name] of legal.entries()) {
            expect(name).toMatch(rule.legal);
            if (rule.legal.test(names[position]!)) expect(name).toBe(names[position]);
          }
        },
      ),
    );
  });

  test('#71 only a request with other names is changed, and the memo leads back', () => {
    const plain: ChatRequest = { model: 'm', stream: false, messages: [user('x'), calling('a')] };
    expect(withLegalToolNames(plain, plainNames(64))).toEqual({ request: plain, toolNames: undefined });
    const odd: ChatRequest = {
      ...plain,
      tools: [{ kind: 'function', name: 'server.tool' }],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['server.tool'] },
    };
    const { request, toolNames } = withLegalToolNames(odd, plainNames(64));
    const sent = request.tools![0]!.name;
    expect(request.toolChoice).toMatchObject({ names: [sent] });
    expect(toolNames!.get(sent)).toBe('server.tool');
  });
});

describe('the true type of media', () => {
  const base64 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('base64');
  const types: [string, string][] = [
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
    ['%PDF-1.7', 'application/pdf'],
    ['\0\0\0\x18ftypheic', 'image/heic'],
    ['\0\0\0\x18ftypavif', 'image/avif'],
    ['BM\x36\0', 'image/bmp'],
    ['II*\0', 'image/tiff'],
    ['<?xml version="1.0"?><svg/>', 'image/svg+xml'],
  ];

  test('#61 is read from the first bytes, whatever the caller says', () => {
    for (const [bytes, type] of types) {
      expect(sniffMediaType(base64(bytes))).toBe(type);
      expect(canonicalSource({ type: 'data', mediaType: 'image/png', data: base64(bytes) })).toMatchObject({
        mediaType: type,
      });
    }
    expect(sniffMediaType(base64('hello'))).toBeUndefined();
  });

  test('#61 data URLs of any form become plain base64', () => {
    const data = base64('\xff\xd8\xff\xfb\xef\xbe');
    const odd = data.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    for (const url of [
      `data:image/jpg;base64,${data}`,
      `data:image/png;name=a b.png;base64,${odd}`,
      `data:image/jpeg,${data.slice(0, 4)}\n ${data.slice(4)}`,
      `DATA:;base64,${encodeURIComponent(data)}`,
    ]) {
      expect(canonicalSource({ type: 'url', url })).toEqual({ type: 'data', mediaType: 'image/jpeg', data });
    }
    expect(canonicalSource({ type: 'data', mediaType: 'Image/JPG; q=1', data: 'AAAA' })).toMatchObject({
      mediaType: 'image/jpeg',
    });
    expect(canonicalSource({ type: 'url', url: 'https://a.example/x' })).toEqual({
      type: 'url',
      url: 'https://a.example/x',
    });
  });

  test('#61 a type that is not taken is refused by its place', () => {
    expect(() =>
      imageSource({ type: 'data', mediaType: 'image/png', data: base64('BM66') }, 'messages[0].content[1]'),
    ).toThrow(
      expect.objectContaining({
        kind: 'invalid_request',
        param: 'messages[0].content[1]',
        message: expect.stringContaining('image/bmp'),
      }),
    );
  });

  test('any text for data is borne', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (mediaType, data) => {
        expect(canonicalSource({ type: 'data', mediaType, data }).type).toBe('data');
        expect(canonicalSource({ type: 'url', url: `data:${data}` }).type).toBe('data');
      }),
    );
  });
});
