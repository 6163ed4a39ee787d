import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A process of the bench. */
export interface Member {
  url: string;
  ask<Value>(question: string, argument?: unknown): Promise<Value>;
  stop(): Promise<void>;
}

interface Message {
  url?: string;
  id?: number;
  value?: unknown;
  failure?: string;
}

/** Starts a file of this folder (or any other, given absolutely) in a process of its own and waits until it is ready. */
export async function startMember(file: string, given: string[] = [], nodeFlags: string[] = []): Promise<Member> {
  const child = fork(path.resolve(import.meta.dirname, file), given, {
    execArgv: nodeFlags,
    // What a server logs must be written, and is not read.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<string>();
  let questions = 0;

  child.on('message', ({ url, id, value, failure }: Message) => {
    if (url !== undefined) ready.resolve(url);
    const question = waiting.get(id ?? -1);
    waiting.delete(id ?? -1);
    if (failure === undefined) question?.resolve(value);
    else question?.reject(new Error(`${file}: ${failure}`));
  });
  child.on('exit', (code, signal) => {
    const death = new Error(`${file} ended with ${signal ?? code}`);
    ready.reject(death);
    for (const question of waiting.values()) question.reject(death);
  });

  return {
    url: await ready.promise,
    ask<Value>(question: string, argument?: unknown) {
      questions += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(questions, answer);
      child.send({ id: questions, question, argument });
      return answer.promise as Promise<Value>;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
