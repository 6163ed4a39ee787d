import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { awsEventStreamFramer } from '../../shared/http/aws-event-stream.ts';
import type { SseEvent } from '../../shared/http/sse.ts';
import { cutAt, eventFrame, exceptionFrame, frame } from '../dialects/bedrock/frames.ts';

function eventsOf(pieces: readonly Uint8Array[]): (SseEvent | undefined)[] {
  const framer = awsEventStreamFramer();
  return [...pieces.flatMap((piece) => framer.push(piece)), ...framer.end()].map(({ event }) => event);
}

const hello = eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: '你好 🌍 é' } });
const stop = eventFrame('messageStop', { stopReason: 'end_turn' });

describe("AWS's event stream", () => {
  test('an event is given with its type and its payload', () => {
    const [event] = eventsOf([hello]);
    expect(event?.event).toBe('contentBlockDelta');
    expect(JSON.parse(event!.data)).toMatchObject({ contentBlockIndex: 0, delta: { text: '你好 🌍 é' } });
  });

  test('#8 several frames of one read are several events, and their bytes come back as they came', () => {
    const frames = awsEventStreamFramer().push(Buffer.concat([hello, stop, hello]));
    expect(frames.map(({ event }) => event?.event)).toEqual(['contentBlockDelta', 'messageStop', 'contentBlockDelta']);
    expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(Buffer.concat([hello, stop, hello]));
  });

  test('#8 #1 bytes cut at any places give the same events', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(4000), { maxLength: 30 }), (words, places) => {
        const frames = words.map((text) => eventFrame('contentBlockDelta', { delta: { text } }));
        const bytes = Buffer.concat(frames);
        expect(eventsOf(cutAt(bytes, places))).toEqual(eventsOf(frames));
      }),
      { numRuns: 150 },
    );
  });

  test('#8 one byte at a time gives the same events', () => {
    const bytes = Buffer.concat([hello, stop]);
    expect(eventsOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(eventsOf([bytes]));
  });

  test('#8 any byte that is changed on the way is noticed, and the frame before it is still given', () => {
    fc.assert(
      fc.property(fc.nat(stop.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const spoilt = Buffer.from(stop);
        spoilt[place] = spoilt[place]! ^ change;
        const framer = awsEventStreamFramer();
        const given = framer.push(Buffer.concat([hello, spoilt]));
        expect(given.map(({ event }) => event?.event)).toEqual(['contentBlockDelta']);
        expect(() => framer.end()).toThrow(GatewayError);
      }),
      { numRuns: 150 },
    );
  });

  test('#8 a wrong checksum of the prelude fails at once, before its length is believed', () => {
    const spoilt = Buffer.from(stop);
    spoilt.writeUInt32BE(0x00ff_ffff, 0);
    expect(() => awsEventStreamFramer().push(spoilt.subarray(0, 12))).toThrow(/prelude/);
  });

  test('a frame that claims an impossible length fails, though its checksum is right', () => {
    const short = frame({}, '');
    short.writeUInt32BE(8, 4);
    expect(() => awsEventStreamFramer().push(short)).toThrow(GatewayError);
  });

  test('a frame above the bound fails with the bound named, before it is read, and after the frame before it was given', () => {
    const claimed = frame({}, Buffer.alloc(17 * 1024 * 1024)).subarray(0, 12);
    expect(() => awsEventStreamFramer().push(claimed)).toThrow(/at most 16777216 are taken/);
    expect(() => awsEventStreamFramer(hello.length - 1).push(hello)).toThrow(GatewayError);
    const framer = awsEventStreamFramer(hello.length);
    expect(framer.push(Buffer.concat([hello, claimed]))).toHaveLength(1);
    expect(() => framer.push(Buffer.from('x'))).toThrow(/at most/);
    expect(() => framer.end()).toThrow(/at most/);
  });

  test('#8 a last frame that is cut off fails, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: stop.length - 1 }), (length) => {
        const framer = awsEventStreamFramer();
        framer.push(hello);
        framer.push(stop.subarray(0, length));
        expect(() => framer.end()).toThrow(/cut its event stream off/);
      }),
      { numRuns: 50 },
    );
  });

  test('#8 #30 an exception is given as one, with its type', () => {
    expect(eventsOf([exceptionFrame('throttlingException', 'Too many requests')])).toEqual([
      { event: 'exception:throttlingException', data: '{"message":"Too many requests"}' },
    ]);
  });

  test('an error without a payload is read from its headers', () => {
    const headers = { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'it broke' };
    expect(eventsOf([frame(headers, '')])).toEqual([
      { event: 'exception:InternalFailure', data: '{"message":"it broke"}' },
    ]);
  });

  test('headers of every type are stepped over', () => {
    const headers = {
      flag: true,
      no: false,
      count: 7,
      when: 1_700_000_000n,
      raw: Buffer.from([1, 2, 3]),
      ':event-type': 'metadata',
      ':message-type': 'event',
    };
    expect(eventsOf([frame(headers, '{}')])).toEqual([{ event: 'metadata', data: '{}' }]);
  });

  test('headers that run over their own length fail', () => {
    const bytes = frame({ ':event-type': 'metadata' }, '{}');
    const name = bytes.indexOf(':event-type');
    const broken = Buffer.from(bytes);
    broken[name - 1] = 200;
    // The checksum is made right again, so that only the headers are wrong.
    const again = Buffer.alloc(4);
    again.writeUInt32BE(crc32(broken.subarray(0, -4)), 0);
    again.copy(broken, broken.length - 4);
    expect(() => awsEventStreamFramer().push(broken)).toThrow(/broken headers/);
  });

  test('an empty stream has no frames and ends well', () => {
    const framer = awsEventStreamFramer();
    expect(framer.push(new Uint8Array())).toEqual([]);
    expect(framer.end()).toEqual([]);
  });
});
