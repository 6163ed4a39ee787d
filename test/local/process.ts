import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, vi } from 'vitest';

/** Our own programs as processes of their own. */
const root = path.join(import.meta.dirname, '../..');

export interface Started {
  process: ChildProcess;
  output: () => string;
}

export function run(file: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [path.join(root, file), ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data));
  return { process: child, output: () => output };
}

export const until = (started: Started, pattern: RegExp): Promise<void> =>
  vi.waitFor(() => expect(started.output()).toMatch(pattern), { timeout: 15_000 });

/** Waits until a program has ended: its exit code, and all that it printed. */
export async function ended(started: Started): Promise<{ code: number | null; output: string }> {
  const [code] = await once(started.process, 'close');
  return { code, output: started.output() };
}
