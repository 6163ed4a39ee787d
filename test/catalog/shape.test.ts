import { describe, expect, test } from 'vitest';
import { presetNames } from '../../shared/providers/registry.ts';
import { problemsOf } from './problems.ts';

const providers = { openai: {}, anthropic: {} };

describe('a mistake in the shape of a configuration', () => {
  test.each<[string, object, string]>([
    ['a field at the top', { modles: {} }, "modles: there is no such field (did you mean 'models'?)"],
    [
      'a field of a provider',
      { providers: { ...providers, mine: { basUrl: 'https://x.example/v1' } } },
      "providers.mine.basUrl: there is no such field (did you mean 'baseUrl'?)",
    ],
    [
      'a field of a model',
      { models: { a: { targts: 'openai/a' } } },
      "models.a.targts: there is no such field (did you mean 'targets'?)",
    ],
    [
      'a field deep inside',
      { vision: { cache: { ttlSecond: 1 } } },
      "vision.cache.ttlSecond: there is no such field (did you mean 'ttlSeconds'?)",
    ],
    [
      'a field like no other',
      { stream: { buffer: 1 } },
      'stream.buffer: there is no such field (there are commitAfterMs, keepAliveMs)',
    ],
  ])('%s that is not known says which one may be meant', (_, definition, problem) => {
    expect(problemsOf({ providers, ...definition })).toEqual([problem]);
  });

  test('a wrong preset names the five nearest, and never all', () => {
    expect(problemsOf({ providers: { ...providers, mine: { preset: 'bedrok' } } })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^providers\\.mine\\.preset: 'bedrok' is none of the ${presetNames.length} known names; the nearest are bedrock(?:, [\\w-]+){4}$`,
        ),
      ),
    ]);
  });

  test('a wrong value inside a model is told as what it is', () => {
    expect(problemsOf({ providers, models: { a: { targets: 'openai/a', sees: 'yes' } } })).toEqual([
      expect.stringMatching(/^models\.a\.sees: .*expected boolean/),
    ]);
  });

  test('no object at all is one mistake', () => {
    for (const definition of [undefined, null, 5, 'text', []])
      expect(problemsOf(definition)).toEqual([expect.stringMatching(/^configuration: /)]);
  });
});

describe('mistakes of every kind are told at once', () => {
  test('those of the shape beside those of what names stand for', () => {
    const problems = problemsOf({
      providers: {
        openai: { traits: { rename: {} } },
        azure: {},
        mine: { preset: 'opnai' },
        'bad name': {},
      },
      models: { a: 'opnai/gpt-4o', b: 'c', d: { targts: 'openai/x' }, 'gpt-4o': 'openai/gpt-4o', e: 'gpt-4' },
      strictParam: true,
      timeouts: { connectMs: -1 },
      defaultModel: 'nothing',
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^providers\.mine\.preset: 'opnai' is none/),
        expect.stringMatching(/^providers\.bad name: a provider is named/),
        expect.stringMatching(/^models\.d\.targts: .*'targets'/),
        expect.stringMatching(/^strictParam: .*'strictParams'/),
        expect.stringMatching(/^timeouts\.connectMs: /),
        expect.stringMatching(/^providers\.openai\.traits\.rename: .*\(did you mean 'renames'\?\)/),
        expect.stringMatching(/^providers\.azure\.parameters\.resource: needed/),
        expect.stringMatching(/^models\.a: 'opnai\/gpt-4o' is neither .*\(did you mean 'openai\/gpt-4o'\?\)$/),
        expect.stringMatching(/^models\.b: 'c' is neither/),
        expect.stringMatching(/^models\.e: 'gpt-4' is neither .*\(did you mean 'gpt-4o'\?\)$/),
        expect.stringMatching(/^defaultModel: 'nothing' is neither/),
      ]),
    );
    expect(problems).toHaveLength(11);
  });

  test('and what only follows from another mistake is not one', () => {
    expect(
      problemsOf({
        providers: { mine: { preset: 'opnai' } },
        models: {
          a: 'mine/x',
          b: { targts: 'mine/x' },
          c: ['b', 'mine/y'],
          d: { targets: ['c'], traits: { renames: {} } },
        },
        defaultModel: 'b',
      }),
    ).toHaveLength(2);
    expect(problemsOf({ providers: [], models: { a: 'openai/x' } })).toHaveLength(1);
    expect(problemsOf({ providers, models: [], defaultModel: 'a', vision: { describer: 'a' } })).toHaveLength(1);
  });
});
