import { expect, test } from 'vitest';
import type { Call } from '../../shared/call/call.ts';
import { endpointFor } from '../../shared/catalog/catalog.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { findKept, keepersOf } from '../../shared/gateway/kept-responses.ts';
import { createMapKept } from '../roads/map-kept.ts';
import { keyCaller } from '../support/callers.ts';

const caller = keyCaller();
const callOf = (goesOnFrom?: string) => ({ caller, glance: goesOnFrom === undefined ? {} : { goesOnFrom } }) as Call;
const { resolve } = loadCatalog({
  providers: { openai: {}, xai: {}, groq: {} },
  models: { all: ['groq/m', 'xai/m', 'openai/m'] },
});
const targets = resolve('all')!.map((target) => endpointFor(target, 'openai-responses'));

async function noted() {
  const kept = createMapKept();
  await kept.write({ id: 'resp_1', caller: caller.id, provider: 'xai', model: 'm', isPending: false });
  return kept;
}

test('only the provider that keeps an answer is asked to go on from it', async () => {
  const keepers = await keepersOf(targets, callOf('resp_1'), await noted());
  expect(keepers.map(({ provider }) => provider.name)).toEqual(['xai']);
});

test('a request that goes on from nothing has all its targets, and nothing is looked up', async () => {
  const kept = { ...(await noted()), find: () => Promise.reject(new Error('not to be asked')) };
  expect(await keepersOf(targets, callOf(), kept)).toBe(targets);
  const [groq] = targets;
  expect(await keepersOf([groq!], callOf('resp_1'), kept)).toEqual([groq]);
});

test('an answer of another caller, or of nobody, is not found', async () => {
  const kept = await noted();
  await kept.write({ id: 'resp_2', caller: 'key_other', provider: 'xai', model: 'm', isPending: false });
  for (const id of ['resp_2', 'resp_3', '../models', '']) {
    expect(await findKept(id, callOf(), kept)).toBeUndefined();
    await expect(keepersOf(targets, callOf(id), kept)).rejects.toMatchObject({
      kind: 'invalid_request',
      param: 'previous_response_id',
    });
  }
});

test('while the table is away, it is said that it is', async () => {
  const kept = { ...createMapKept(), find: () => Promise.reject(new Error('away')) };
  await expect(keepersOf(targets, callOf('resp_1'), kept)).rejects.toMatchObject({ kind: 'overloaded' });
});
