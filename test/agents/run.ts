import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cli, Gate } from './clis.ts';

export interface Setting {
  /** Where the agents are installed. */
  folder: string;
  gate: Gate;
  /** It is ended then, whatever it is at. */
  seconds: number;
}

export interface Run {
  code: number | null;
  /** What it printed. */
  said: string;
  errors: string;
  /** The file of the task, as it stands when the agent has ended. */
  note: string | undefined;
}

/** A port that nothing listens to: what an agent would fetch from elsewhere fails at once. */
const nowhere = 'http://127.0.0.1:9';

/** An agent runs a task by itself, in a project and a home of its own, with no way to any host but this machine. */
export async function runCli(cli: Cli, task: string, { folder, gate, seconds }: Setting): Promise<Run> {
  const home = await mkdtemp(`${tmpdir()}/sluice-agents-home-`);
  const project = path.join(home, 'project');
  await mkdir(project);
  for (const [name, text] of Object.entries(cli.files(gate))) {
    const file = name.startsWith('~/') ? path.join(home, name.slice(2)) : path.join(project, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const bins = path.join(folder, 'node_modules/.bin');
  const child = spawn(path.join(bins, cli.bin), [...cli.args(gate, task)], {
    cwd: project,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      HOME: home,
      HTTPS_PROXY: nowhere,
      HTTP_PROXY: nowhere,
      NO_PROXY: '127.0.0.1,localhost',
      ...cli.env(gate),
    },
  });
  let said = '';
  let errors = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (errors += data));
  const killAll = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  const timer = setTimeout(killAll, seconds * 1000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  killAll();
  const note = await readFile(path.join(project, 'note.txt'), 'utf8').catch(() => undefined);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
  return { code, said, errors, note };
}
