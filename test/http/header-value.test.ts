import http from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerList, headerValue, LONGEST_VALUE, safeHeaders } from '../../shared/http/header-value.ts';

/** Any text, lone surrogates, line breaks and very long ones included. */
const character = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom('\r\n', '\0', '\t', ' ', '%', '%41', ',', '+', '\ud83d', '\ude00', '日本', '🌍', 'é', '\x7f'),
);
const shortText = fc.array(character, { maxLength: 12 }).map((characters) => characters.join(''));
const anyText = fc.oneof(
  shortText,
  fc.tuple(shortText, fc.integer({ min: 1, max: 2_000 })).map(([text, times]) => text.repeat(times)),
);
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));

const isValid = (value: string): void => http.validateHeaderValue('x-any', value);

describe('a header value', () => {
  test('is accepted by node and within its bound, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 2_000 }), (text, longest) => {
        isValid(headerValue(text, longest));
        expect(headerValue(text, longest)).toMatch(/^[ -~]*$/);
        expect(headerValue(text, longest).length).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('of short ASCII text without a percent sign is that text', () => {
    const words = fc.array(fc.array(visible, { minLength: 1, maxLength: 10 }), { maxLength: 20 });
    fc.assert(
      fc.property(words, (characters) => {
        const text = characters
          .map((word) => word.join(''))
          .join(' ')
          .replaceAll('%', '');
        expect(headerValue(text.trim())).toBe(text.trim());
      }),
    );
    expect(headerValue('x'.repeat(LONGEST_VALUE))).toBe('x'.repeat(LONGEST_VALUE));
  });

  test('is decoded to the text it was made of, lone surrogates replaced', () => {
    fc.assert(
      fc.property(shortText, (text) => {
        expect(decodeURIComponent(headerValue(text))).toBe(text.toWellFormed());
        expect(headerValue(text)).toBe(headerValue(text).trim());
      }),
    );
  });

  test('of a long text is cut between two encoded characters and says so', () => {
    expect(headerValue('x'.repeat(1_001))).toBe(`${'x'.repeat(997)}...`);
    expect(headerValue('日'.repeat(1_000), 30)).toBe('%E6%97%A5%E6%97%A5%E6%97%A5...');
    expect(headerValue(`${'x'.repeat(999)}é`)).toBe(`${'x'.repeat(997)}...`);
  });

  test('of odd names is readable', () => {
    expect(headerValue('日本')).toBe('%E6%97%A5%E6%9C%AC');
    expect(headerValue('a\r\nx-evil: 1')).toBe('a%0D%0Ax-evil: 1');
    expect(headerValue('100%')).toBe('100%25');
    expect(headerValue('a\ud83d')).toBe('a%EF%BF%BD');
  });
});

describe('a list of names in a header', () => {
  test('is accepted by node and within its bound, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 80 }), (names) => {
        isValid(headerList(names));
        expect(headerList(names).length).toBeLessThanOrEqual(LONGEST_VALUE);
      }),
    );
  });

  test('of a few short names is decoded to these names', () => {
    fc.assert(
      fc.property(fc.array(shortText, { minLength: 1, maxLength: 4 }), (names) => {
        fc.pre(names.every((name) => headerValue(name, 100) === headerValue(name)));
        const decoded = headerList(names)
          .split(', ')
          .map((shown) => (shown === '""' ? '' : decodeURIComponent(shown)));
        expect(decoded).toEqual(names.map((name) => name.toWellFormed()));
      }),
    );
  });

  test('shows an empty name, between others and alone', () => {
    expect([headerList(['a', '', 'b']), headerList([''])]).toEqual(['a, "", b', '""']);
    expect(headerList(['""'])).toBe('%22%22');
  });

  test('says how many names it leaves out', () => {
    expect(headerList([])).toBe('');
    expect(headerList(['seed', 'logit_bias'])).toBe('seed, logit_bias');
    expect(headerList(['a', 'b', 'c'], 24)).toBe('a, b, +1 more');
    expect(headerList(Array.from({ length: 60 }, () => 'a'))).toBe(`${'a, '.repeat(50)}+10 more`);
    expect(headerList(['x'.repeat(20_000), 'b'])).toBe(`${'x'.repeat(97)}..., b`);
  });

  test('a name with a comma is one name, and none looks like the count of those left out', () => {
    expect(headerList(['a, b', '+3 more'])).toBe('a%2C b, %2B3 more');
  });
});

describe('the headers of an answer', () => {
  test('are accepted by node, whatever they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(shortText, fc.constant('__proto__')), anyText), (headers) => {
        const response = new http.ServerResponse(new http.IncomingMessage(null as never));
        response.writeHead(200, safeHeaders(headers));
      }),
    );
  });

  test('that are legal stay as they are, percent signs included', () => {
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-a': 'a%2C b', 'retry-after': '3' };
    expect(safeHeaders(headers)).toEqual(headers);
    expect(safeHeaders({ 'x-list': headerList(['日', 'a,b']) })).toEqual({ 'x-list': '%E6%97%A5, a%2Cb' });
  });

  test('lose names that are no tokens and line breaks in values', () => {
    expect(safeHeaders({ 'x a': '1', '': '2', ключ: '3', 'x-a': 'a\r\nb: 1', 'x-b': '日' })).toEqual({
      'x-a': 'a%0D%0Ab: 1',
      'x-b': '%E6%97%A5',
    });
    expect(safeHeaders({ 'x-a': 'y'.repeat(10_000) })['x-a']).toHaveLength(4_000);
  });
});
