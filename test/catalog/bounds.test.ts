import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { gatewayConfig } from '../../shared/catalog/schema.ts';
import { traitsOf } from '../../shared/dialects/traits.ts';
import { problemsOf as problemsOfWhole } from './problems.ts';

const problemsOf = (definition: object) => problemsOfWhole({ providers: { openai: {} }, ...definition });

/** A timer of Node's that is set to more fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

describe('a time longer than its maximum is a mistake, and the message says the maximum', () => {
  const hour = 3_600_000;
  test.each<[string, (ms: number) => object, number]>([
    ['timeouts.connectMs', (ms) => ({ timeouts: { connectMs: ms } }), hour],
    ['timeouts.firstEventMs', (ms) => ({ timeouts: { firstEventMs: ms } }), hour],
    ['timeouts.replyMs', (ms) => ({ timeouts: { replyMs: ms } }), hour],
    ['media.totalMs', (ms) => ({ media: { totalMs: ms } }), hour],
    ['timeouts.idleMs', (ms) => ({ timeouts: { idleMs: ms } }), hour],
    ['timeouts.totalMs', (ms) => ({ timeouts: { totalMs: ms } }), 24 * hour],
    [
      'providers.openai.timeouts.totalMs',
      (ms) => ({ providers: { openai: { timeouts: { totalMs: ms } } } }),
      24 * hour,
    ],
    ['stream.commitAfterMs', (ms) => ({ stream: { commitAfterMs: ms } }), hour],
    ['stream.keepAliveMs', (ms) => ({ stream: { keepAliveMs: ms } }), hour],
    ['media.timeoutMs', (ms) => ({ media: { timeoutMs: ms } }), hour],
    ['vision.timeoutMs', (ms) => ({ vision: { timeoutMs: ms } }), hour],
  ])('%s', (where, definition, most) => {
    expect(most).toBeLessThan(LONGEST_TIMER);
    expect(problemsOf(definition(most))).toEqual([]);
    const hours = most === hour ? 'one hour' : '24 hours';
    expect(problemsOf(definition(3_000_000_000))).toEqual([`${where}: expected at most ${most} (${hours})`]);
    expect(problemsOf(definition(most + 1))).toHaveLength(1);
  });
});

describe('every number of the configuration has a maximum', () => {
  test.each<[string, z.ZodType]>([
    ['the gateway', gatewayConfig],
    ...['openai-chat', 'anthropic', 'gemini', 'bedrock'].map((name): [string, z.ZodType] => [name, traitsOf(name)]),
  ])('%s', (_, schema) => {
    expect(unbounded(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }))).toEqual([]);
  });
});

/** Paths of numbers whose maximum is missing, or no more than that of the number format. */
function unbounded(node: unknown, at = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, maximum, const: only } = node as { type?: unknown; maximum?: number; const?: unknown };
  const isNumber = (type === 'integer' || type === 'number') && only === undefined && !('enum' in node);
  if (isNumber) return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? [at] : [];
  return Object.entries(node).flatMap(([name, inner]) => unbounded(inner, `${at}/${name}`));
}

describe('the time-outs of a provider', () => {
  test('are its own, with those of all others under them', () => {
    const { providers } = loadCatalog({
      providers: { openai: { timeouts: { totalMs: 30_000 } }, anthropic: {} },
      timeouts: { totalMs: 600_000, idleMs: 5_000 },
    });
    expect(providers.get('openai')?.timeouts).toEqual({
      connectMs: 5_000,
      firstEventMs: 120_000,
      replyMs: 300_000,
      idleMs: 5_000,
      totalMs: 30_000,
    });
    expect(providers.get('anthropic')?.timeouts.totalMs).toBe(600_000);
  });
});

test('what lies in memory whole has 10 MB unless the configuration says otherwise: a function of 256 MB has room for it', () => {
  const { limits, media, aws } = loadCatalog({ providers: { openai: {} } }).config;
  const { bodyBytes, replyBytes } = limits;
  const { maxBytes, totalBytes } = media;
  expect({ bodyBytes, replyBytes, maxBytes, totalBytes }).toEqual({
    bodyBytes: 10_000_000,
    replyBytes: 10_000_000,
    maxBytes: 10_000_000,
    totalBytes: 10_000_000,
  });
  expect(aws.memoryMb).toBe(256);
});
