import { expect, test } from 'vitest';
import type { Incoming } from '../../shared/http/message.ts';
import { jsonOutgoing } from '../../shared/http/message.ts';
import { host, invoke } from './hosting.ts';

const arn = 'arn:aws:sts::123456789012:assumed-role/team/x';
const echo = async ({ principal }: Incoming) => jsonOutgoing(200, { principal: principal ?? null });

/** What Lambda adds to the event of a signed request, as its documentation shows it. */
const authorizer = {
  iam: {
    accessKey: 'AKIA',
    accountId: '123456789012',
    callerId: 'AROA:x',
    cognitoIdentity: null,
    principalOrgId: 'o-1',
    userArn: arn,
    userId: 'AROA:x',
  },
};

test('a function passes on who signed a request, once Lambda has checked it', async () => {
  const event = { requestContext: { http: { method: 'GET' }, authorizer } };
  expect(JSON.parse((await invoke(echo, { event })).text)).toEqual({ principal: { arn } });
});

test.each([{}, { authorizer: {} }, { authorizer: { iam: {} } }])(
  'nobody signed a request with the context %j',
  async (context) => {
    const event = { requestContext: { http: { method: 'GET' }, ...context } };
    expect(JSON.parse((await invoke(echo, { event })).text)).toEqual({ principal: null });
  },
);

test('nothing that a caller writes says who signed a request, on either host', async () => {
  const headers = { 'x-amzn-iam-userarn': arn, authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=0' };
  const body = JSON.stringify({ requestContext: { authorizer } });
  expect(JSON.parse((await invoke(echo, { event: { headers, body } })).text)).toEqual({ principal: null });
  const { url } = await host(echo);
  const response = await fetch(`${url}/?userArn=${arn}`, { method: 'POST', headers, body });
  expect(await response.json()).toEqual({ principal: null });
});
