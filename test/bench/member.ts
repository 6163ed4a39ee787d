import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The other side of `fork.ts`: what every process of the bench does, to be started, asked and ended. */

export type Answers = Readonly<Record<string, (argument: unknown) => unknown>>;

/** What a process has used since it began. */
export interface Sample {
  cpuMs: number;
  /** Resident memory now, in megabytes. */
  memoryMb: number;
}

function sample(): Sample {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, memoryMb: process.memoryUsage.rss() / 1_048_576 };
}

/** Sends the parent our address, answers its questions, and ends when it is gone. */
export function join(url: string, answers: Answers = {}): void {
  const all: Answers = { sample, ...answers };
  process.on('message', async ({ id, question, argument }: { id: number; question: string; argument: unknown }) => {
    try {
      process.send!({ id, value: await all[question]!(argument) });
    } catch (cause) {
      process.send!({ id, failure: String(cause) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send!({ url });
}

/** Joins as a server on loopback, once it listens. */
export function announce(server: Server, answers: Answers = {}): void {
  // Longer than any pause between two rounds: no round begins with a closed connection.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1', () => join(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers));
}
