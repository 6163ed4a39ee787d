import { expect, test } from 'vitest';
import { startRawProvider } from '../../support/raw-provider.ts';
import { startRig } from '../../support/rig.ts';

test('a provider that does not count within three seconds is not waited for: the count is estimated', async () => {
  const silent = await startRawProvider(() => {});
  const providers = { silent: { preset: 'anthropic', baseUrl: silent.url, auth: 'none' } };
  const rig = await startRig({ definition: { providers } });
  const started = Date.now();
  const asked = { model: 'silent/claude-x', messages: [{ role: 'user', content: 'Hi' }] };
  const response = await rig.post(asked, {}, '/v1/messages/count_tokens');
  expect([response.status, response.headers.get('x-sluice-estimated')]).toEqual([200, 'true']);
  expect(Date.now() - started).toBeLessThan(4_500);
  expect(silent.asked).toHaveLength(1);
  await rig.close();
  await silent.close();
}, 10_000);
