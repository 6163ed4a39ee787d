import { describe, expect, test } from 'vitest';
import { createSign } from '../../shared/aws/sign.ts';
import { GatewayError } from '../../shared/errors.ts';
import { bodyHash, signatureOf } from '../dialects/bedrock/signature.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const now = () => Date.UTC(2026, 10, 20, 12, 30, 45);
const sign = createSign({ now }, async () => credentials);
const body = Buffer.from('{"messages":[]}');
const host = 'https://bedrock-runtime.eu-central-1.amazonaws.com';
const call = { contentType: 'application/json', body, region: 'eu-central-1', service: 'bedrock' };

const expectedSignature = (canonicalPath: string, headers: Record<string, string>, canonicalQuery = ''): string =>
  signatureOf({
    ...call,
    canonicalPath,
    canonicalQuery,
    headers,
    time: '20261120T123045Z',
    secret: credentials.secretAccessKey,
  });

const signedHeaders = {
  'content-type': 'application/json',
  host: 'bedrock-runtime.eu-central-1.amazonaws.com',
  'x-amz-content-sha256': bodyHash(body),
  'x-amz-date': '20261120T123045Z',
};

describe('signing calls to AWS', () => {
  test('a call carries the signature that the description of Version 4 gives', async () => {
    const headers = await sign({ ...call, url: `${host}/model/amazon.nova-lite-v1/converse` });
    expect(headers.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/eu-central-1/bedrock/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, ' +
        `Signature=${expectedSignature('/model/amazon.nova-lite-v1/converse', signedHeaders)}`,
    );
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-content-sha256', 'x-amz-date']);
  });

  test('an ARN in the path, encoded once on the wire, is encoded twice in what is signed', async () => {
    const arn =
      'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const { authorization } = await sign({ ...call, url: `${host}/model/${encodeURIComponent(arn)}/converse-stream` });
    const twice = encodeURIComponent(encodeURIComponent(arn));
    const signature = expectedSignature(`/model/${twice}/converse-stream`, signedHeaders);
    expect(twice).toContain('arn%253Aaws');
    expect(twice).toContain('profile%252Feu.');
    expect(authorization).toContain(`Signature=${signature}`);
  });

  test('a query is part of what is signed', async () => {
    const { authorization } = await sign({ ...call, url: `${host}/v1/chat?b=2&a=1%202` });
    expect(authorization).toContain(`Signature=${expectedSignature('/v1/chat', signedHeaders, 'a=1%202&b=2')}`);
  });

  test("the token of a role's session is sent and signed", async () => {
    const session = createSign({ now }, async () => ({ ...credentials, sessionToken: 'token-of-the-role' }));
    const headers = await session({ ...call, url: `${host}/model/m/converse` });
    const signature = expectedSignature('/model/m/converse', {
      ...signedHeaders,
      'x-amz-security-token': 'token-of-the-role',
    });
    expect(headers['x-amz-security-token']).toBe('token-of-the-role');
    expect(headers.authorization).toContain(`Signature=${signature}`);
  });

  test('without credentials a call is refused as the own fault of the gateway, and the cause is kept for the log', async () => {
    const cause = new Error('Could not load credentials from any providers');
    const none = createSign({ now }, () => Promise.reject(cause));
    const refusal = await none({ ...call, url: `${host}/model/m/converse` }).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(GatewayError);
    expect(refusal).toMatchObject({ kind: 'upstream_auth', cause });
    expect((refusal as GatewayError).message).not.toContain('load');
  });
});
