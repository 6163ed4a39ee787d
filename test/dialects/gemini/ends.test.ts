import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { chunk, last, readStream, readWhole, streamed } from './wire.ts';

describe('ends of a stream', () => {
  const failure = (chunks: object[]) => {
    const lastEvent = readStream(chunks).at(-1);
    return lastEvent?.type === 'error' ? lastEvent.error : undefined;
  };

  test('#27 a stream that breaks off, and one that is empty, end in an error', () => {
    expect(failure([chunk([{ text: 'Hel' }])])).toMatchObject({ kind: 'upstream' });
    expect(failure([])).toMatchObject({ kind: 'upstream' });
    expect(failure([{ usageMetadata: { promptTokenCount: 1 } }])).toMatchObject({ kind: 'upstream' });
  });

  test('#30 an error within the stream ends it, with the kind it has and none of its secrets', () => {
    const events = readStream([
      chunk([{ text: 'Hel' }]),
      { error: { code: 503, message: 'overloaded, key AIzaSyA1234567890abcdef', status: 'UNAVAILABLE' } },
      last([{ text: 'never' }]),
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'overloaded' } });
    expect(JSON.stringify(events)).not.toContain('AIzaSy');
    expect(JSON.stringify(events)).not.toContain('never');
  });

  test('#38 #39 a filter ends the answer as refused and keeps the text before it', () => {
    for (const reason of [
      'SAFETY',
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'LANGUAGE',
      'IMAGE_SAFETY',
    ]) {
      expect(streamed([chunk([{ text: 'Once' }]), last([], reason)]).choices[0]).toEqual({
        parts: [{ type: 'text', text: 'Once' }],
        finish: 'refused',
      });
    }
  });

  test('#38 a blocked prompt, which has no candidates and status 200, is refused with nothing said', () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 8 } };
    const expected = { choices: [{ parts: [], finish: 'refused' }], usage: { input: 8, output: 0 } };
    expect(streamed([blocked])).toMatchObject(expected);
    expect(readWhole(blocked)).toMatchObject(expected);
  });

  test('#38 unknown reasons are ordinary ends, and an empty answer is an answer', () => {
    expect(streamed([last([], 'A_NEW_WORD')]).choices[0]).toEqual({ parts: [], finish: 'stop' });
    expect(streamed([last([{ text: '' }])]).choices[0]).toEqual({ parts: [], finish: 'stop' });
    expect(streamed([last([{ text: 'a' }], 'constructor')]).choices[0]?.finish).toBe('stop');
  });

  test('a malformed call is a failure where nothing was said, so that another target can be asked, and an end otherwise', () => {
    for (const reason of ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'OTHER', 'MALFORMED_RESPONSE']) {
      expect(failure([last([], reason)])).toMatchObject({ kind: 'upstream' });
      expect(failure([chunk([{ text: 'hm', thought: true }]), last([], reason)])).toMatchObject({ kind: 'upstream' });
      expect(streamed([chunk([{ text: 'So' }]), last([], reason)]).choices[0]?.finish).toBe('stop');
      expect(() => readWhole(last([], reason))).toThrow(/stopped its answer/);
    }
  });

  test('#29 chunks after the one with the reason still count, and the end is emitted once', () => {
    const events = readStream([chunk([{ text: 'a' }], { finishReason: 'STOP' }), last([{ text: 'b' }])]);
    expect(collectReply(events).choices[0]?.parts).toEqual([{ type: 'text', text: 'ab' }]);
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  });
});
