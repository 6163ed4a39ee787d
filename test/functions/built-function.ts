import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { startTable } from '../../infra/local/table.ts';

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

export const MASTER_KEY = 'sk-master-0123456789-0123456789-0123456789';

interface BuiltFunction {
  /** The file of the bundle. */
  bundle: string;
  /** What the function answers to these events, one after the other, in one process. */
  answersTo(events: readonly object[]): Promise<{ status: number; text: string }[]>;
}

/** A function as it is deployed: built from a configuration, run outside the repository, over a table and secrets of its own. */
export async function buildFunction(name: 'gateway' | 'admin', definition: object): Promise<BuiltFunction> {
  const folder = await mkdtemp(path.join(tmpdir(), `sluice-${name}-`));
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
  await writeFile(config, JSON.stringify(definition));
  await run(process.execPath, [path.join(root, 'infra/build.ts'), '--out', path.join(folder, 'gateway')], {
    env: { ...process.env, SLUICE_CONFIG: config },
  });
  const bundle = path.join(folder, name, 'index.mjs');
  return {
    bundle,
    async answersTo(events) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', driver], {
        cwd: folder,
        env: {
          BUNDLE: pathToFileURL(bundle).href,
          EVENTS: JSON.stringify(events),
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
      return stdout
        .split('\n')
        .filter((line) => line.startsWith('{"status"'))
        .map((line) => JSON.parse(line) as { status: number; text: string });
    },
  };
}
