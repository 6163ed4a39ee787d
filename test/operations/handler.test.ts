import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startTable } from '../../infra/local/table.ts';

const MASTER_KEY = 'sk-master-0123456789-0123456789-0123456789';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');

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

test('the built bundle, outside the repository, makes and lists keys as a function', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-admin-'));
  const local = await startTable();
  const secret = JSON.stringify({ SecretString: MASTER_KEY, CreatedDate: 1 });
  const secrets = http.createServer((_, response) => response.end(secret)).listen(0, '127.0.0.1');
  await once(secrets, 'listening');
  onTestFinished(async () => {
    secrets.close();
    await local.close();
    await rm(folder, { recursive: true });
  });
  const config = path.join(folder, 'config.json');
  await writeFile(config, JSON.stringify({ providers: { openai: {} } }));
  await run(process.execPath, [path.join(root, 'infra/build.ts'), '--out', path.join(folder, 'gateway')], {
    env: { ...process.env, SLUICE_CONFIG: config },
  });

  const event = (method: string, rawPath: string, key: string, body?: unknown) => ({
    rawPath: `/admin/v1${rawPath}`,
    rawQueryString: '',
    headers: { authorization: `Bearer ${key}` },
    requestContext: { http: { method, sourceIp: '192.0.2.1' } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const bundle = path.join(folder, 'admin/index.mjs');
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', driver], {
    cwd: folder,
    env: {
      BUNDLE: pathToFileURL(bundle).href,
      EVENTS: JSON.stringify([
        event('GET', '/status', MASTER_KEY),
        event('POST', '/keys', MASTER_KEY, { name: 'from a function' }),
        event('GET', '/keys', MASTER_KEY),
        ...Array.from({ length: 11 }, () => event('GET', '/keys', 'sk-wrong')),
      ]),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SLUICE_TABLE: local.table.name,
      SLUICE_MASTER_KEY_SECRET: 'master',
      AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    },
  });
  const answers = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"status"'))
    .map((line) => JSON.parse(line) as { status: number; text: string });
  // The eleventh wrong key of an address waits.
  expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, ...Array(10).fill(401), 429]);
  expect(JSON.parse(answers[0]!.text)).toMatchObject({ status: 'ready' });
  expect(JSON.parse(answers[2]!.text).data).toMatchObject([{ name: 'from a function' }]);

  // What a person uses at a terminal is in no bundle.
  const code = await readFile(bundle, 'utf8');
  expect(code.includes('showSuggestionAfterError')).toBe(false);
});
