import { expect, onTestFinished, test } from 'vitest';
import { startIssuer } from '../../support/issuer.ts';
import { buildFunction } from '../built-function.ts';

test('the built function lets in who has a token, and who signed where the configuration asks for that', async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const jwt = { trustedHosts: [issuer.host], issuers: [{ issuer: issuer.url, audiences: ['gateway'] }] };
  const { answersTo } = await buildFunction('gateway', { providers: { openai: {} }, jwt, aws: { iamCallers: {} } });

  const arn = 'arn:aws:sts::123456789012:assumed-role/team/job';
  const event = (headers: Record<string, string>, context: object = {}) => ({
    rawPath: '/v1/key',
    rawQueryString: '',
    headers,
    requestContext: { http: { method: 'GET' }, ...context },
  });
  const signed = { authorizer: { iam: { userArn: arn } } };
  const signature = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=0' };
  const answers = await answersTo([
    event({ authorization: `Bearer ${issuer.token()}` }),
    event({ ...signature, 'x-api-key': issuer.token({ sub: 'bob' }) }, signed),
    event(signature, signed),
    event(signature),
  ]);
  expect(answers.map(({ status, text }) => [status, JSON.parse(text).id])).toEqual([
    [200, `${issuer.url}#ann`],
    [200, `${issuer.url}#bob`],
    [200, 'arn:aws:sts::123456789012:assumed-role/team'],
    [401, undefined],
  ]);
  expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});
