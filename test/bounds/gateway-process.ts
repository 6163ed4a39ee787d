import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { MASTER_KEY } from '../support/rig.ts';

export interface Measured {
  /** Most memory of the process, from its start on. */
  rssMb: number;
  /** Longest time for which its event loop did nothing else. */
  blockedMs: number;
  /** Most processor time that its main thread spent meanwhile: what is blocked beyond it, the machine gave to others. */
  busyMs: number;
  records: number;
  timers: number;
}

export interface GatewayProcess {
  url: string;
  /** What the process measured since it was started. */
  measure(): Promise<Measured>;
  stop(): void;
}

/** A gateway in a process of its own, with the flags of `npm start`. */
export async function startGatewayProcess(definition: object): Promise<GatewayProcess> {
  const child = fork(path.join(import.meta.dirname, 'child.ts'), {
    execArgv: ['--max-semi-space-size=4', '--no-maglev'],
    env: { ...process.env, KEY: MASTER_KEY },
  });
  child.send({ definition });
  const { url } = await reply<{ url: string }>(child, 'url');
  // What the first request loads is no part of an attack.
  await fetch(`${url}/health`);
  child.send({ measure: 'begin' });
  return {
    url,
    async measure() {
      child.send({ measure: 'end' });
      return (await reply<{ measured: Measured }>(child, 'measured')).measured;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function reply<Message extends object>(child: ChildProcess, field: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null, signal: string | null): void =>
      reject(new Error(`the gateway's process ended: ${signal ?? code}`));
    child.once('exit', exited);
    const take = (message: object): void => {
      if (!(field in message)) return;
      child.off('message', take);
      child.off('exit', exited);
      resolve(message as Message);
    };
    child.on('message', take);
    if (child.exitCode !== null || child.signalCode !== null) exited(child.exitCode, child.signalCode);
  });
}
