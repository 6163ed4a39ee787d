import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { type JsonBody, readJsonBody } from '../../shared/http/json.ts';
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

  test('#60 keeps integers beyond 2^53, order and spelling of what nobody edits', () => {
    const rest = '"x":1917043659912705296,"2":1,"1":-0,"y":1.0,"__proto__":{"a":1}}';
    expect(edited(`{"model":"alias",${rest}`, { set: { model: '"real"' } })).toBe(`{"model":"real",${rest}`);
  });

  test('#96 the last of two equal members wins, and both are edited', () => {
    expect(bodyOf('{"model":"a","model":"b"}').value.model).toBe('b');
    expect(edited('{"model":"a","model":"b"}', { set: { model: '"c"' } })).toBe('{"model":"c","model":"c"}');
  });

  test.each([
    ['nothing', '', /empty/],
    ['no JSON', '{"a":', /could not parse/],
    ['an array', '[1]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['nesting without end', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, /nested 5001 levels/],
  ])('that is %s is refused with 400', (_, text, message) => {
    expect(() => bodyOf(text)).toThrow(expect.objectContaining({ kind: 'invalid_request', status: 400 }));
    expect(() => bodyOf(text)).toThrow(message);
    expect(() => bodyOf(text)).toThrow(GatewayError);
  });
});
