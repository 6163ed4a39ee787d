import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DialectName, dialectNames, dialects } from './model.ts';

const root = path.join(import.meta.dirname, '../..');
const START_MS = 60_000;

/** `npm start` as a user runs it, with one provider of each format behind it. */
export interface StartedGateway {
  url: string;
  key: string;
  /** Its lines about requests so far, each with the status that was answered. */
  requests(): { line: string; status: number }[];
  stop(): Promise<void>;
}

/** Models are called `<name>-<format>`: an agent may know models by how their names begin. */
export const modelOf = (name: string, dialect: DialectName): string => `${name}-${dialect}`;

export async function startGateway(
  modelNames: readonly string[],
  urls: ReadonlyMap<DialectName, string>,
): Promise<StartedGateway> {
  const folder = await mkdtemp(`${tmpdir()}/sluice-agents-gateway-`);
  const config = path.join(folder, 'gateway.config.json');
  await writeFile(config, JSON.stringify(definitionFor(modelNames, urls)));
  const args = ['start', '--', '--port', '0', '--no-demo', '--config', config, '--data', path.join(folder, 'data')];
  // A group of its own: npm starts node as a child, and both must end.
  const child = spawn('npm', args, { cwd: root, detached: true, env: { ...process.env, ...providerKeys } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const [, url = '', key = ''] = await printed(child, () => /base URL\s+(\S+)\/v1\n\s+key\s+(\S+)\n/.exec(output));
  return {
    url,
    key,
    requests: () =>
      Array.from(output.matchAll(/^\d\d:\d\d:\d\d {2}req_.* → .*? {2}(\d{3})\b.*$/gm), ([line, status]) => ({
        line,
        status: Number(status),
      })),
    async stop() {
      const ended = once(child, 'exit');
      process.kill(-child.pid!, 'SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function definitionFor(modelNames: readonly string[], urls: ReadonlyMap<DialectName, string>): object {
  const providers: Record<string, object> = {};
  const models: Record<string, string> = {};
  for (const dialect of dialectNames) {
    const { target, config } = dialects[dialect];
    providers[target.split('/')[0]!] = config(urls.get(dialect)!);
    for (const name of modelNames) models[modelOf(name, dialect)] = target;
  }
  // Agents ask well-known small models for titles and summaries, by names of their own.
  return { providers, models, defaultModel: dialects.chat.target };
}

/** Where the scripted providers find nothing wrong with any key. */
const providerKeys = Object.fromEntries(
  ['CHAT_API_KEY', 'OPENAI_API_KEY', 'XAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'COHERE_API_KEY']
    .concat('AWS_BEARER_TOKEN_BEDROCK')
    .map((name) => [name, `key-of-${name}`]),
);

async function printed(child: ChildProcess, find: () => RegExpExecArray | null): Promise<RegExpExecArray> {
  const ended = once(child, 'exit').then(() => 'ended' as const);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const found = find();
    if (found) return found;
    const pause = new Promise((resolve) => setTimeout(resolve, 50));
    if ((await Promise.race([ended, pause])) === 'ended' || Date.now() > deadline)
      throw new Error('npm start printed no address');
  }
}
