import { spawn } from 'node:child_process';
import path from 'node:path';

/** What the tests install on first use goes below this folder, which git ignores. */
export const cacheFolder = path.join(import.meta.dirname, '../../.cache');

export interface NpmOptions {
  /** The folder with the `package.json` that npm works on. */
  folder: string;
  env?: NodeJS.ProcessEnv;
  /** After this time npm is ended. */
  timeoutMs: number;
}

/** Runs npm in a folder, on the Node that runs the tests. Ends with its exit code (undefined where it could not run) and all it printed. */
export function runNpm(
  args: readonly string[],
  { folder, env = process.env, timeoutMs }: NpmOptions,
): Promise<{ code: number | undefined; output: string }> {
  const [command, ...before] = npm();
  const child = spawn(command, [...before, ...args, '--prefix', folder, '--no-audit', '--no-fund'], {
    cwd: folder,
    env: { ...env, PATH: [path.dirname(process.execPath), env.PATH ?? ''].join(path.delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ code: undefined, output: output + message }));
    child.once('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** The npm that started us, where it was npm: a machine may have several, and other package managers. */
function npm(): [string, ...string[]] {
  const started = process.env.npm_execpath;
  return started && path.basename(started) === 'npm-cli.js' ? [process.execPath, started] : ['npm'];
}

/** The end of what npm printed, for an error message. */
export const endOf = (output: string): string => output.trim().split('\n').slice(-15).join('\n');
