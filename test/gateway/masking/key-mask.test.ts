import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskButWordsFor, maskFor } from '../../../shared/gateway/masking/key-mask.ts';

const KEY = 'zq7Vault9f83-kLmN0pQrStail55';
const masked = maskFor([KEY]);
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const hex = Buffer.from(KEY).toString('hex');

describe('a key is masked as a provider may write it', () => {
  test.each([
    ['as it is', KEY],
    ['in capitals', KEY.toUpperCase()],
    ['reversed', [...KEY].reverse().join('')],
    ['in base64', base64(KEY)],
    ['in base64url', Buffer.from(`${KEY}>>>???`).toString('base64url')],
    ['in base64 behind one character', base64(`:${KEY}`)],
    ['in base64 behind two characters', base64(`u:${KEY}`)],
    ['in base64 behind a name', base64(`user:${KEY}`)],
    ['in base64 before other text', base64(`${KEY}:user`)],
    ['in base64 in lines', base64(`user:${KEY}`).replace(/.{10}/g, '$&\r\n')],
    ['in base64 within other digits', `x${base64(KEY)}`],
    ['in hexadecimal', hex],
    ['in capital hexadecimal behind a digit', `0${hex.toUpperCase()}`],
    ['in hexadecimal with colons', hex.replace(/..(?=.)/g, '$&:')],
    ['as an array of bytes', hex.replace(/../g, '0x$&, ')],
    ['as escaped characters', hex.replace(/../g, '\\x$&')],
    ['as JSON escapes', hex.replace(/../g, '\\u00$&')],
    ['percent-encoded', hex.replace(/../g, '%$&')],
    ['split in fours by spaces', KEY.replace(/.{4}/g, '$& ')],
    ['split in threes by dashes', KEY.replace(/.{3}/g, '$&-')],
    ['split in sevens by dots', KEY.replace(/.{7}/g, '$&...')],
    ['letter by letter', [...KEY].join(' ')],
    ['without its dash', KEY.replace('-', '')],
    ['reversed and split', [...KEY].reverse().join('.')],
  ])('%s', (_, written) => {
    const text = masked(`The key ${written} is wrong.`);
    expect(text).toMatch(/^The key .{0,12}\*\*\*[\s\S]{0,8} is wrong\.$/);
    // Nothing of eight characters of what was written is left.
    const rest = text.slice('The key '.length, -' is wrong.'.length);
    expect(rest.replaceAll('***', '\n')).not.toMatch(/[^\n]{13}/);
  });

  test('whatever stands around it in base64', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const written = Buffer.from(before + KEY + after).toString('base64');
        const bytes = maskFor([KEY])(written)
          .split('***')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'))
          .join('\n');
        return !bytes.toLowerCase().includes(KEY.slice(0, 8).toLowerCase());
      }),
      { numRuns: 300 },
    );
  });
});

describe('ordinary words stay', () => {
  test.each([
    'the vault is closed',
    'Incorrect API key provided. You can find your API key at https://example.com/account/api-keys.',
    'max_tokens must be at most 8192, but 0123456789abcdef were asked; see request 550e8400-e29b-41d4-a716-446655440000',
    'deadbeef cafebabe 00 11 22 33 44 55 66 77 88 99 aa bb',
    'SGVsbG8gd29ybGQsIHRoaXMgaXMgbm8ga2V5',
    '模型不存在，请检查模型名称。',
    '',
  ])('%s', (text) => expect(masked(text)).toBe(text));

  test('that are parted as a key of words is; the key itself is masked', () => {
    const mask = maskFor(['no-key-needed-here']);
    expect(mask('There is no key needed here.')).toBe('There is no key needed here.');
    expect(mask('not no-key-needed-here')).toBe('not ***');
    expect(mask('not nok-eyn-eed-edh')).toBe('not ***');
  });

  test('that are a short key within a longer word', () => {
    const mask = maskFor(['ollama', 'x']);
    expect(mask('ollama is no key, ollamas are, x')).toBe('*** is no key, ollamas are, x');
  });
});

test('what may be words is left in a sentence of the gateway, the rest of a key is not', () => {
  const mask = maskButWordsFor(['sk-provider-0123456789-answered', 'Another-Secret', 'time', 'a1b2c']);
  const own = 'The provider answered at a time of another secret, Another-Secret.';
  expect(mask(own)).toBe(own);
  expect(mask('provider-0123 a1b2c')).toBe('p*** ***');
  expect(maskButWordsFor([KEY])(`The key ${KEY} is wrong.`)).toBe('The key *** is wrong.');
});

test('a text of any characters keeps what is no key', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => masked(text) === text));
});
