import { expect, test } from 'vitest';
import { countChanges } from '../../shared/transforms/changes.ts';

test('changes are counted by their kind, and what never happened is not among them', () => {
  const { changes, count } = countChanges();
  count('merged');
  count('merged', 2);
  count('filled', 0);
  expect(changes).toEqual({ merged: 3 });
});
