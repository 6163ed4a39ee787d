import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startTable } from '../../../infra/local/table.ts';
import { startIssuer } from '../../support/issuer.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../../..');

/** What Lambda's runtime does for a streamed function, as far as the handler uses it; prints each answer as a line. */
const driver = `
import { Writable } from 'node:stream';
let answer;
globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: (stream, { statusCode }) => { answer.status = statusCode; return stream; } },
};
const { handler } = await import(process.env.BUNDLE);
for (const event of JSON.parse(process.env.EVENTS)) {
  answer = { status: 0, text: '' };
  const stream = new Writable({ write(piece, _, done) { answer.text += piece; done(); } });
  await handler(event, stream, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60000 });
  console.log(JSON.stringify(answer));
}
process.exit(0);
`;

test('the built function lets in who has a token, and who signed where the configuration asks for that', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-gateway-'));
  const [local, issuer] = await Promise.all([startTable(), startIssuer()]);
  const secret = JSON.stringify({ SecretString: `sk-${'0'.repeat(40)}`, CreatedDate: 1 });
  const secrets = http.createServer((_, response) => response.end(secret)).listen(0, '127.0.0.1');
  await once(secrets, 'listening');
  onTestFinished(async () => {
    secrets.close();
    await Promise.all([local.close(), issuer.close()]);
    await rm(folder, { recursive: true });
  });
  const config = path.join(folder, 'config.json');
  const jwt = { trustedHosts: [issuer.host], issuers: [{ issuer: issuer.url, audiences: ['gateway'] }] };
  await writeFile(config, JSON.stringify({ providers: { openai: {} }, jwt, aws: { iamCallers: {} } }));
  await run(process.execPath, [path.join(root, 'infra/build.ts'), '--out', `${folder}/gateway`], {
    env: { ...process.env, SLUICE_CONFIG: config },
  });

  const arn = 'arn:aws:sts::123456789012:assumed-role/team/job';
  const event = (headers: Record<string, string>, context: object = {}) => ({
    rawPath: '/v1/key',
    rawQueryString: '',
    headers,
    requestContext: { http: { method: 'GET' }, ...context },
  });
  const signed = { authorizer: { iam: { userArn: arn } } };
  const signature = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=0' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', driver], {
    cwd: folder,
    env: {
      BUNDLE: pathToFileURL(path.join(folder, 'gateway/index.mjs')).href,
      EVENTS: JSON.stringify([
        event({ authorization: `Bearer ${issuer.token()}` }),
        event({ ...signature, 'x-api-key': issuer.token({ sub: 'bob' }) }, signed),
        event(signature, signed),
        event(signature),
      ]),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SLUICE_TABLE: local.table.name,
      SLUICE_MASTER_KEY_SECRET: 'master',
      SLUICE_PROVIDER_KEYS_SECRET: 'providers',
      AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    },
  });
  const answers = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"status"'))
    .map((line) => JSON.parse(line) as { status: number; text: string });
  expect(answers.map(({ status, text }) => [status, JSON.parse(text).id])).toEqual([
    [200, `${issuer.url}#ann`],
    [200, `${issuer.url}#bob`],
    [200, 'arn:aws:sts::123456789012:assumed-role/team'],
    [401, undefined],
  ]);
  expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});
