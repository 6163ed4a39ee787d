import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, type SseEvent, sseFramer, sseText } from '../../shared/http/sse.ts';

function decode(bytes: Uint8Array, cuts: readonly number[]): { events: SseEvent[]; frames: Frame[] } {
  const framer = sseFramer();
  const frames: Frame[] = [];
  const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let at = 1; at < points.length; at += 1) frames.push(...framer.push(bytes.subarray(points[at - 1], points[at])));
  frames.push(...framer.end());
  return { frames, events: frames.flatMap(({ event }) => event ?? []) };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const events = (text: string): SseEvent[] => decode(bytesOf(text), []).events;

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
const line = fc.oneof(
  value.map((text) => `data: ${text}`),
  value.map((text) => `data:${text}`),
  value.map((text) => `event: ${text}`),
  value.map((text) => `: ${text}`),
  fc.constantFrom('', 'retry: 10', 'id: 7', 'data', 'unknown'),
);
const stream = fc.array(fc.tuple(line, lineEnd), { maxLength: 30 }).map((lines) => lines.flat().join(''));

/** The specification, sentence by sentence, on a whole text: independent of the decoder under test. */
function bySpecification(text: string): SseEvent[] {
  const found: SseEvent[] = [];
  let data: string[] = [];
  let event = '';
  for (const row of `${text.replace(/^\uFEFF/, '')}\n\n`.split(/\r\n|\r|\n/)) {
    if (row === '') {
      const joined = data.join('\n');
      if (joined !== '') found.push(event === '' ? { data: joined } : { event, data: joined });
      data = [];
      event = '';
      continue;
    }
    const colon = row.indexOf(':');
    if (colon === 0) continue;
    const name = colon === -1 ? row : row.slice(0, colon);
    const rest = colon === -1 ? '' : row.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(rest);
    if (name === 'event') event = rest;
  }
  return found;
}

describe('server-sent events', () => {
  test('#1 #2 #4 any stream cut at any bytes gives what the specification says', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(500), { maxLength: 40 }), (text, cuts) => {
        expect(decode(bytesOf(text), cuts).events).toEqual(bySpecification(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('the frames joined are the bytes that came, but for a blank line missing at the end', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(500), { maxLength: 40 }), (text, cuts) => {
        const { frames } = decode(bytesOf(text), cuts);
        const joined = Buffer.concat(frames.map(({ bytes }) => bytes)).toString('utf8');
        expect(joined.startsWith(text)).toBe(true);
        expect(joined.slice(text.length)).toMatch(/^\n{0,2}$/);
      }),
      { numRuns: 1000 },
    );
  });

  test('#3 U+2028, U+0085 and the vertical tab are text, not line ends', () => {
    expect(events('data: a\u2028b\u0085c\vd\fe\n\n')).toEqual([{ data: 'a\u2028b\u0085c\vd\fe' }]);
  });

  test('#4 a CR at the end of one read and the LF at the start of the next are one line end', () => {
    const bytes = bytesOf('data: a\r\n\r\ndata: b\r\n\r\n');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(decode(bytes, [cut]).events).toEqual([{ data: 'a' }, { data: 'b' }]);
    }
  });

  test('#5 comments, lone fields, no space, a byte order mark and several data lines', () => {
    expect(
      events('\uFEFF: OPENROUTER PROCESSING\n\nevent: x\n\nid: 1\nretry: 5\ndata:a\ndata: b\n\ndata:\n\n'),
    ).toEqual([{ data: 'a\nb' }]);
  });

  test('comments and blank lines that follow one another are one frame, and none of an event', () => {
    const framer = sseFramer();
    const frames = framer.push(Buffer.from(`${':\n\n'.repeat(1000)}${'\n'.repeat(1000)}data: a\n\n: b\n\n:`));
    expect(frames.map(({ bytes, event }) => [bytes.length, event?.data])).toEqual([
      [4000, undefined],
      [9, 'a'],
      [5, undefined],
    ]);
    expect(framer.push(Buffer.from('\n\ndata: c\n\n')).map(({ event }) => event?.data)).toEqual([undefined, 'c']);
  });

  test('#6 a last event without its blank line is read, and given one', () => {
    const { frames, events: read } = decode(bytesOf('data: a\n\ndata: [DONE]'), []);
    expect(read).toEqual([{ data: 'a' }, { data: '[DONE]' }]);
    expect(frames.at(-1)?.bytes.toString()).toBe('data: [DONE]\n\n');
  });

  test('#10 an event of 8 MB in small reads costs linear time', () => {
    const bytes = bytesOf(`data: ${'x'.repeat(8_000_000)}\n\n`);
    const cuts = Array.from({ length: 4000 }, (_, index) => index * 2000);
    expect(decode(bytes, cuts).events[0]?.data.length).toBe(8_000_000);
  });

  test('an event of a million small pieces costs linear time, and is whole', () => {
    const framer = sseFramer();
    const piece = Uint8Array.of(120);
    framer.push(bytesOf('data: '));
    for (let n = 0; n < 1_000_000; n += 1) framer.push(piece);
    expect(framer.push(bytesOf('\n\n'))[0]?.event?.data).toBe('x'.repeat(1_000_000));
  });

  test.each([
    ['a rare CR among many LFs', `${'a\n'.repeat(2_000_000)}\r\r`],
    ['a rare LF among many CRs', `${'a\r'.repeat(2_000_000)}\n\n`],
  ])('%s costs linear time', (_, text) => {
    const before = process.cpuUsage();
    // Lines are bounded as bytes are: without a bound, so that all of them are read.
    const framer = sseFramer(Number.MAX_SAFE_INTEGER);
    const found = framer.push(bytesOf(`${text}data: b\n\n`)).flatMap(({ event }) => event ?? []);
    expect(found).toEqual([{ data: 'b' }]);
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  test.each([
    ['one line that does not end', 'data: ', 'x'.repeat(60)],
    ['comments without a blank line', ': c\n', ': c\n'.repeat(16)],
    ['a whole event in one read', '', `data: ${'x'.repeat(100)}\n\n`],
  ])('%s above the bound fails with the bound named, after the events before it were given', (_, opening, rest) => {
    const framer = sseFramer(64);
    expect(framer.push(bytesOf(`data: a\n\n${opening}`))[0]?.event).toEqual({ data: 'a' });
    expect(() => framer.push(bytesOf(rest))).toThrow(
      expect.objectContaining({ kind: 'upstream', message: expect.stringContaining('more than 64 bytes') }),
    );
    expect(() => framer.push(bytesOf('\n\n'))).toThrow(/more than 64 bytes/);
    expect(() => framer.end()).toThrow(/more than 64 bytes/);

    const atOnce = sseFramer(64);
    expect(atOnce.push(bytesOf(`data: a\n\n${opening}${rest}`)).map(({ event }) => event)).toEqual([{ data: 'a' }]);
    expect(() => atOnce.end()).toThrow(/more than 64 bytes/);
  });

  test('an event of just the bound passes, however often', () => {
    const event = `data: ${'x'.repeat(56)}\n\n`;
    const framer = sseFramer(64);
    for (let n = 0; n < 10; n += 1) {
      expect(framer.push(bytesOf(event.slice(0, 30)))).toEqual([]);
      expect(framer.push(bytesOf(event.slice(30)))).toHaveLength(1);
    }
    expect(framer.push(bytesOf(event.repeat(10)))).toHaveLength(10);
  });

  test.each(['data: x\n', 'data:\n', ':\n', 'a\n'])('many lines %j cost no more time than their bound', (line) => {
    const framer = sseFramer();
    const started = performance.now();
    expect(() => framer.push(bytesOf(`a${line.repeat(100_000)}`)).length && framer.end()).toThrow(/more than/);
    expect(performance.now() - started).toBeLessThan(300);
  });

  test('an event of thousands of lines passes', () => {
    expect(sseFramer().push(bytesOf(`${'data: x\n'.repeat(50_000)}\n`))).toHaveLength(1);
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        const data = text.replaceAll('\r', '');
        fc.pre(data.replaceAll('\n', '') !== '');
        expect(events(sseText({ event: 'e', data }))).toEqual([{ event: 'e', data }]);
      }),
    );
  });
});
