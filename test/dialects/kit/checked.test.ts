import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as anthropic from '../../../shared/dialects/anthropic/wire.ts';
import { checkedInPlace } from '../../../shared/dialects/kit/checked.ts';
import * as openaiChat from '../../../shared/dialects/openai-chat/wire.ts';
import * as openaiCompletions from '../../../shared/dialects/openai-completions/wire.ts';

type Schema = z.core.$ZodType;
type Definition = Record<string, unknown> & { type: string };

/** Kinds of schemas whose output is their input. */
const unchanging = new Set(
  'any array boolean custom enum lazy literal null number nullable object optional record string union unknown'.split(
    ' ',
  ),
);

/** Paths of the schemas within one that give another value than they were given: defaults, transforms, members left out. */
function changesIn(schema: Schema, path = '', seen = new Set<Schema>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const definition = schema._zod.def as unknown as Definition;
  const inner = Object.entries(partsOf(definition)).flatMap(([name, part]) =>
    schemasIn(part).flatMap(([at, found]) => changesIn(found, `${path}/${name}${at}`, seen)),
  );
  return mayChange(definition) ? [path, ...inner] : inner;
}

function mayChange(definition: Definition): boolean {
  const { type, coerce, catchall, checks = [] } = definition;
  const isCut = type === 'object' && (catchall as Schema | undefined)?._zod.def.type !== 'unknown';
  // `.trim()` and its like are checks that write.
  const isWritten = (checks as z.core.$ZodCheck[]).some((check) => check._zod.def.check === 'overwrite');
  return !unchanging.has(type) || coerce === true || isCut || isWritten;
}

const partsOf = ({ checks, ...definition }: Definition): object =>
  definition.type === 'lazy' ? { inner: (definition.getter as () => Schema)() } : definition;

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && '_zod' in value;

function schemasIn(part: unknown): [at: string, schema: Schema][] {
  if (isSchema(part)) return [['', part]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([at, inner]): [string, Schema][] =>
    isSchema(inner) ? [[`.${at}`, inner]] : [],
  );
}

describe('a request that is checked in place', () => {
  test.each(Object.entries({ openaiChat, openaiCompletions, anthropic }))(
    'is what its schema would give: nothing in that of %s changes a value',
    (_, { wireRequest }) => {
      expect(changesIn(wireRequest)).toEqual([]);
    },
  );

  test.each([
    ['a default', z.looseObject({ a: z.array(z.looseObject({ b: z.string().default('x') })) }), '/shape.b'],
    ['a transform', z.looseObject({ a: z.union([z.number(), z.string().transform(Number)]) }), '/options.1'],
    ['members left out', z.looseObject({ a: z.object({ b: z.string() }).nullish() }), '/innerType'],
    ['another type', z.looseObject({ a: z.coerce.number() }), '/shape.a'],
    ['spaces cut off', z.looseObject({ a: z.lazy(() => z.string().trim()) }), '/inner'],
  ])('would be another with %s', (_, schema, place) => {
    expect(changesIn(schema)[0]).toMatch(new RegExp(`^/shape\\.a.*${place}$|^${place}$`));
  });

  test('is the same object', () => {
    const body = { a: 1, b: 2 };
    expect(checkedInPlace(z.looseObject({ a: z.number() }), body)).toBe(body);
  });
});
