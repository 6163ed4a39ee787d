import { expect, onTestFinished, test } from 'vitest';
import { startAdminRig } from '../support/admin-rig.ts';

test('the running configuration is shown with its defaults, and nothing of it that may be secret', async () => {
  const definition = {
    providers: {
      p: {
        baseUrl: 'https://user:Pass-1@llm.example:8443/Path-Secret-2/v1',
        query: 'sig=Query-Secret-3',
        headers: { 'x-token': 'Header-Secret-4' },
        secret: 'P_KEY',
        timeouts: { idleMs: 5 },
      },
      bedrock: {},
    },
    models: { fast: ['p/a', 'bedrock/b'], again: 'fast' },
    defaultModel: 'fast',
    jwt: {
      issuers: [{ issuer: 'https://issuer.example', audiences: ['a'], require: { secret_claim: 'Claim-Secret-5' } }],
    },
    aws: { alarmEmail: 'mail-6@example.com' },
  };
  const rig = await startAdminRig({ definition });
  onTestFinished(() => rig.close());
  const { status, body } = await rig.call('GET', '/config');
  expect([status, body]).toMatchObject([
    200,
    {
      providers: [
        {
          name: 'p',
          dialect: 'openai-chat',
          host: 'llm.example:8443',
          auth: 'bearer',
          secret: 'P_KEY',
          headers: ['x-token'],
          timeouts: { idleMs: 5, connectMs: 5_000 },
        },
        { name: 'bedrock', auth: 'aws', secret: null },
      ],
      models: { fast: ['p/a', 'bedrock/b'], again: ['p/a', 'bedrock/b'] },
      defaultModel: 'fast',
      closed: false,
      limits: { depth: 200 },
      issuers: [{ issuer: 'https://issuer.example', audiences: ['a'], defaultGroup: null }],
      iamCallers: null,
    },
  ]);
  expect(JSON.stringify(body)).not.toMatch(/Pass-1|Secret-\d|mail-6/);
});
