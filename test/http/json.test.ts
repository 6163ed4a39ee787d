import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import {
  isJsonObject,
  type JsonBody,
  readJsonBody,
  tryParseExact,
  tryParseJson,
  tryParseLenient,
} from '../../shared/http/json.ts';
import { editMembers } from '../../shared/http/json-members.ts';

const bodyOf = (text: string): JsonBody => readJsonBody(Buffer.from(text));
const edited = (text: string, edits: Parameters<typeof editMembers>[1]): string =>
  editMembers(bodyOf(text), edits).toString('utf8');

const names = fc.constantFrom('model', 'a', 'b', 'quo"ted', 'ünï', '\\', 'max_tokens', 'nested');
const object = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
const space = fc.constantFrom('', ' ', '\n\t', '  ');

/** The same value with white space in odd places. */
const spaced = (value: Record<string, unknown>, gap: string): string =>
  `${gap}{${gap}${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}${gap}:${gap}${JSON.stringify(inner)}`)
    .join(`${gap},${gap}`)}${gap}}${gap}`;

describe('a JSON body', () => {
  test('without edits keeps every byte', () => {
    fc.assert(
      fc.property(object, space, (value, gap) => {
        fc.pre(Object.keys(value).length > 0);
        expect(edited(spaced(value, gap), {})).toBe(spaced(value, gap));
      }),
    );
  });

  test('edited is what editing the object would give', () => {
    fc.assert(
      fc.property(
        object,
        space,
        fc.subarray(['a', 'b', 'nested', 'ünï']),
        fc.jsonValue({ maxDepth: 2 }),
        (value, gap, gone, model) => {
          const text = edited(spaced(value, gap), { set: { model: JSON.stringify(model) }, remove: new Set(gone) });
          const expected = Object.fromEntries(Object.entries(value).filter(([name]) => !gone.includes(name)));
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ ...expected, model })));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('renames a member and leaves its value as it was written', () => {
    expect(
      edited('{"model":"x", "max_completion_tokens" : 1e2 ,"n":1.0}', {
        rename: { max_completion_tokens: 'max_tokens' },
      }),
    ).toBe('{"model":"x", "max_tokens":1e2 ,"n":1.0}');
  });

  test('#60 keeps integers beyond 2^53, order and spelling of what is not edited', () => {
    const rest = '"x":1917043659912705296,"2":1,"1":-0,"y":1.0,"__proto__":{"a":1}}';
    expect(edited(`{"model":"alias",${rest}`, { set: { model: '"real"' } })).toBe(`{"model":"real",${rest}`);
  });

  test.each([
    ['{"model":"a","model":"b"}', 'model'],
    ['{"model":"a","n":1,"mod\\u0065l":"b"}', 'model'],
    ['{"a":[{"b":1,"b":2}],"":1, "" :2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('#96 %s has two equal members and is refused with 400 that names them', (text, name) => {
    expect(() => bodyOf(text)).toThrow(expect.objectContaining({ kind: 'invalid_request', status: 400 }));
    expect(() => bodyOf(text)).toThrow(`has the member '${name}' twice`);
  });

  test('equal members below the top level are not looked at', () => {
    expect(edited('{"a":{"b":1,"b":2}}', {})).toBe('{"a":{"b":1,"b":2}}');
  });

  test.each(['{"\\ud83d":1}', '{"a":[{"b":{"x\\uDE00":1}}]}'])(
    '%s has half a character in a name and is refused with 400',
    (text) => {
      expect(() => bodyOf(text)).toThrow(expect.objectContaining({ kind: 'invalid_request', status: 400 }));
      expect(() => bodyOf(text)).toThrow(/half a character/);
    },
  );

  test('half characters in values and whole ones in names pass', () => {
    const text = '{"a":"\\ud83d","\\ud83d\\ude00":[null,"\\ude00"]}';
    expect(edited(text, {})).toBe(text);
  });

  test('of 10 MB of open brackets is refused after its first bytes', () => {
    const bytes = Buffer.alloc(10_000_000, '[');
    const before = process.cpuUsage();
    expect(() => readJsonBody(bytes)).toThrow(/more than 200 levels/);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });

  test('is as deep as its brackets outside of strings', () => {
    const deep = (levels: number) =>
      `{"a":"]]]${'[{'.repeat(300)}","b":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(bodyOf(deep(200)).members).toHaveLength(2);
    expect(() => bodyOf(deep(201))).toThrow(/more than 200 levels/);
    expect(() => readJsonBody(Buffer.from(deep(5)), { depth: 4 })).toThrow(/more than 4 levels/);
  });

  test('of a thousand members is read, of more refused with 400', () => {
    const many = (count: number) => `{${Array.from({ length: count }, (_, at) => `"x${at}":1`)}}`;
    expect(bodyOf(many(1000)).members).toHaveLength(1000);
    expect(() => bodyOf(many(1001))).toThrow(/more than 1000 members/);
  });

  test('of too many values is refused with 400 that names the limit', () => {
    const text = `{"a":[${'{},'.repeat(700_000)}1]}`;
    expect(() => bodyOf(text)).toThrow(/limits\.values/);
    expect(() => readJsonBody(Buffer.from(text), { values: 5_000_000 })).not.toThrow();
  });

  test('of any bytes is read or refused with 400, as JSON.parse would', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      'a',
      '1',
      ' ',
      '"a"',
      '"b":',
      'null',
      '\\u0041',
      'é',
    );
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 14 }), (tokens) => {
        const text = tokens.join('');
        const parsed = isJsonObject(tryParseJson(text));
        try {
          expect(bodyOf(text).value).toEqual(JSON.parse(text));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
          if (parsed) expect((thrown as GatewayError).message).toMatch(/twice|half/);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['nothing', '', /empty/],
    ['no JSON', '{"a":', /could not parse/],
    ['an array', '[1]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['nesting too deep', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, /nested more than 200 levels/],
  ])('that is %s is refused with 400', (_, text, message) => {
    expect(() => bodyOf(text)).toThrow(expect.objectContaining({ kind: 'invalid_request', status: 400 }));
    expect(() => bodyOf(text)).toThrow(message);
    expect(() => bodyOf(text)).toThrow(GatewayError);
  });
});

test('a foreign text of many levels is not parsed, whatever its size; one of many lists beside each other is', () => {
  const deep = '['.repeat(60_000) + ']'.repeat(60_000);
  for (const parse of [tryParseJson, tryParseExact, tryParseLenient]) expect(parse(deep)).toBeUndefined();
  expect(tryParseExact(`{"n":12345678901234567890,"deep":${deep}}`)).toBeUndefined();
  const wide = JSON.stringify({ list: Array.from({ length: 50_000 }, () => []), text: '[{"\\'.repeat(20_000) });
  expect(tryParseJson(wide)).toEqual(JSON.parse(wide));
});
