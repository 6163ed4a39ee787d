import { expect, test } from 'vitest';
import { editedFields, fieldEdits, namesOfGiven } from '../../../shared/dialects/kit/field-edits.ts';

test('fields that a provider does not take are removed and named, others are renamed', () => {
  const edits = fieldEdits(['model', 'seed', 'user'], { drops: ['seed', 'stop'], renames: { user: 'user_id' } });
  expect(edits).toEqual({ rename: { user: 'user_id' }, remove: new Set(['seed']), dropped: ['seed'] });
  expect(editedFields({ model: 'm', seed: 1, user: 'u' }, edits)).toEqual({ model: 'm', user_id: 'u' });
});

test('the edits of one request leave the traits of its provider unchanged', () => {
  const traits = { renames: { user: 'user_id' } };
  fieldEdits([], traits).rename.model = 'engine';
  expect(traits).toEqual({ renames: { user: 'user_id' } });
});

test('fields without a value are not named', () => {
  expect(namesOfGiven({ user: undefined, seed: 0, stop: null })).toEqual(['seed', 'stop']);
});
