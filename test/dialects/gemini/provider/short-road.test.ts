import { expect, test } from 'vitest';
import { geminiClient } from '../../../../shared/dialects/gemini/client/dialect.ts';
import { writeSignature } from '../../../../shared/dialects/gemini/client/signatures.ts';
import type { Traits } from '../../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { gemini } from '../held.ts';

const foreign = writeSignature({ thinking: [{ type: 'thinking', text: 'hm' }] });
const turn = (part: object): JsonObject => ({ contents: [{ role: 'model', parts: [part] }] });
const call = turn({ functionCall: { name: 'f' } });

function mayPass(body: JsonObject, traits: Traits = {}, { model = 'gemini-2.5-pro', query = 'alt=sse' } = {}): boolean {
  const url = { path: '/v1beta/models/m:streamGenerateContent', query };
  const glance = geminiClient.glance({ contents: [{ parts: [{ text: 'x' }] }], ...body }, url);
  return gemini.short!.mayPass(glance, traits, model);
}

test.each([
  ['a plain request', {}, {}, {}, true],
  ['a stream that is to be a list', {}, {}, { query: '' }, false],
  ['thinking of another vendor', turn({ text: 'a', thoughtSignature: foreign }), {}, {}, false],
  ['thinking of its own', turn({ text: 'a', thought: true, thoughtSignature: 'c2VhbA==' }), {}, {}, true],
  ['unsigned calls, to a model that signs none', call, {}, {}, true],
  ['unsigned calls, to a model that wants them signed', call, {}, { model: 'gemini-3-pro' }, false],
  [
    'thinking, to a provider that refuses it',
    turn({ text: 'a', thought: true }),
    { thinkingHistory: 'strip' },
    {},
    false,
  ],
  [
    'more tokens than it can answer with',
    { generationConfig: { maxOutputTokens: 9 } },
    { maxOutputTokens: 5 },
    {},
    false,
  ],
  [
    'no more tokens than it can answer with',
    { generationConfig: { maxOutputTokens: 5 } },
    { maxOutputTokens: 5 },
    {},
    true,
  ],
  ['anything, to a provider that refuses a field', {}, { drops: ['seed'] }, {}, false],
  ['anything, to one that is configured to think otherwise', {}, { thinkingControl: 'none' }, {}, false],
] as const)('whether the bytes pass: %s', (_, body, traits, target, passes) => {
  expect(mayPass(body as JsonObject, traits as Traits, target)).toBe(passes);
});
