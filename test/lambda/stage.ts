import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Answer } from './answer.ts';
import { type Call, functionUrlEvent } from './event.ts';
import type { Invocation } from './invocation.ts';
import { repository } from './runtime-client.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { type Provider, startProvider } from './services/provider.ts';
import { type Secrets, startSecrets } from './services/secrets.ts';
import { startTable, type Table } from './services/table.ts';

/** The built bundle in a sandbox, with all that it talks to on loopback. */
export interface Stage {
  provider: Provider;
  secrets: Secrets;
  table: Table;
  sandbox: Sandbox;
  /** Sends a request to the function URL and does not wait. */
  send(call: Call, timeoutMs?: number): Invocation;
  /** Sends a request and waits until the function has done all it does for it. */
  ask(call: Call, timeoutMs?: number): Promise<Answer>;
  /** Another sandbox of the same bundle, with parts of its environment replaced. */
  otherSandbox(environment: Record<string, string>): Promise<Sandbox>;
  close(): Promise<void>;
}

export const masterKey = 'sk-master-of-the-test-0123456789abcdef';

/** The key that the gateway has for the provider. */
export const providerKey = 'sk-provider-of-the-test';

/** Starts it all; with a configuration, the function has that one instead of the scripted provider. */
export async function startStage(configuration?: object): Promise<Stage> {
  const [provider, table, secrets, folder] = await Promise.all([
    startProvider(),
    startTable(),
    startSecrets({
      'sluice/master': masterKey,
      'sluice/providers': JSON.stringify({ MOCK_KEY: providerKey, AWS_BEARER: providerKey }),
    }),
    // Outside the repository: a bundle that is not whole finds no node_modules there.
    mkdtemp(join(tmpdir(), 'sluice-lambda-')),
  ]);
  const bundle = await build(folder, configuration ?? scripted(provider.baseUrl));
  const environment = {
    SLUICE_TABLE: table.name,
    SLUICE_MASTER_KEY_SECRET: 'sluice/master',
    SLUICE_PROVIDER_KEYS_SECRET: 'sluice/providers',
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
  };
  const sandboxes: Sandbox[] = [];
  const otherSandbox = async (changes: Record<string, string>) => {
    const sandbox = await startSandbox(bundle, { ...environment, ...changes });
    sandboxes.push(sandbox);
    return sandbox;
  };
  const sandbox = await otherSandbox({});
  const send = (call: Call, timeoutMs?: number) => sandbox.invoke(functionUrlEvent(call), timeoutMs);
  return {
    provider,
    secrets,
    table,
    sandbox,
    send,
    ask: (call, timeoutMs) => send(call, timeoutMs).ended,
    otherSandbox,
    async close() {
      await Promise.all(sandboxes.map(({ stop }) => stop()));
      provider.close();
      secrets.close();
      await table.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `npm run build` with a configuration of its own; the folder that would be deployed. */
async function build(folder: string, configuration: object): Promise<string> {
  const file = join(folder, 'configuration.json');
  const bundle = join(folder, 'bundle');
  await writeFile(file, JSON.stringify(configuration));
  await promisify(execFile)(process.execPath, ['infra/build.ts', '--out', bundle], {
    cwd: repository,
    env: { ...process.env, SLUICE_CONFIG: file },
  });
  return bundle;
}

const scripted = (baseUrl: string): object => ({
  providers: {
    mock: { preset: 'openai-compatible', baseUrl, secret: 'MOCK_KEY' },
    known: { preset: 'openai', baseUrl, secret: 'MOCK_KEY' },
  },
  models: { demo: 'mock/demo-model', 'gpt-4o': 'known/gpt-4o' },
});
