import { expect, test } from 'vitest';
import { variantDigest } from '../../shared/vision/fingerprint.ts';

test('a description is of its tenant, its describers, its prompt and its detail', () => {
  const variant = { tenant: 'a', describers: ['x/1'], promptVersion: '1', detail: 'auto' };
  const others = [
    { ...variant, tenant: 'b' },
    { ...variant, describers: ['x/1', 'x/2'] },
    { ...variant, promptVersion: '2' },
    { ...variant, detail: 'high' },
  ];
  expect(new Set([variant, { ...variant }, ...others].map(variantDigest)).size).toBe(5);
});
