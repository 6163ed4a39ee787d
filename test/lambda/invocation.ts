import type { IncomingMessage } from 'node:http';
import { type Answer, type Chunk, type Head, integrationResponse, splitPrelude } from './answer.ts';

/** One event given to the function, as the caller of the function URL sees it. */
export interface Invocation {
  /** Status and headers, as soon as they are out. */
  head: Promise<Head>;
  /** The whole answer: its last byte is in, though the function may still be at work. */
  answer: Promise<Answer>;
  /** The function asked for its next event: whatever it has not done by now is frozen. */
  ended: Promise<Answer>;
  /** Resolves when the body so far contains `text`; rejects, with what did come, after `withinMs`. */
  seen(text: string, withinMs?: number): Promise<void>;
  /** Stops reading the answer, as Lambda does beyond its bandwidth, until `resume`. */
  pause(): void;
  resume(): void;
}

/** The Runtime API's end of an invocation. */
export interface Exchange {
  invocation: Invocation;
  event: string;
  timeoutMs: number;
  begin(pid: number): void;
  /** Takes what the function posts as its response. */
  receive(request: IncomingMessage): void;
  isAnswered(): boolean;
  end(): void;
  fail(reason: string): void;
}

export function createExchange(event: unknown, timeoutMs: number): Exchange {
  const head = promise<Head>();
  const answer = promise<Answer>();
  const ended = promise<Answer>();
  const chunks: Chunk[] = [];
  const watchers = new Set<() => void>();
  let request: IncomingMessage | undefined;
  let known: Head | undefined;
  let result: Answer | undefined;
  let pid = 0;
  let begun = 0;

  const fail = (reason: string) => {
    for (const { reject } of [head, answer, ended]) reject(new Error(reason));
  };
  const bodySoFar = () => Buffer.concat(chunks.map(({ bytes }) => bytes)).toString();
  const open = (found: Head) => {
    known = found;
    head.resolve(found);
  };
  const take = (bytes: Buffer) => {
    if (bytes.length > 0) chunks.push({ at: performance.now() - begun, bytes });
    for (const look of watchers) look();
  };
  const finish = () => {
    const failure = request?.trailers['lambda-runtime-function-error-type'];
    if (failure !== undefined) return fail(`The function failed inside its stream: ${failure}`);
    if (!known) return fail('The function ended its response before status and headers were out.');
    result = { ...known, text: bodySoFar(), pid, chunks };
    answer.resolve(result);
  };

  return {
    event: JSON.stringify(event),
    timeoutMs,
    begin(process) {
      pid = process;
      begun = performance.now();
    },
    receive(incoming) {
      request = incoming;
      if (incoming.headers['lambda-runtime-function-response-mode'] !== 'streaming') {
        fail('The function answered with one buffered response: it is not streamed.');
        incoming.resume();
        return;
      }
      const hasPrelude = incoming.headers['content-type'] === integrationResponse;
      if (!hasPrelude) open({ status: 200, headers: { 'content-type': 'application/octet-stream' }, cookies: [] });
      let front = Buffer.alloc(0);
      incoming.on('data', (bytes: Buffer) => {
        if (known) return take(bytes);
        front = Buffer.concat([front, bytes]);
        const split = splitPrelude(front);
        if (!split) return;
        open(split.head);
        take(split.rest);
      });
      incoming.on('end', finish);
      incoming.on('error', (error) => fail(`The function's response broke off: ${error.message}`));
    },
    isAnswered: () => result !== undefined,
    end: () => (result ? ended.resolve(result) : fail('The function asked for its next event before it had answered.')),
    fail,
    invocation: {
      head: head.value,
      answer: answer.value,
      ended: ended.value,
      pause: () => request?.pause(),
      resume: () => request?.resume(),
      seen: (text, withinMs = 5_000) =>
        new Promise((resolve, reject) => {
          const settle = (finish: () => void) => {
            clearTimeout(timer);
            watchers.delete(look);
            finish();
          };
          const look = () => bodySoFar().includes(text) && settle(resolve);
          const give = (why: string) => () => reject(new Error(`${why}; the body so far: ${bodySoFar()}`));
          const timer = setTimeout(() => settle(give(`No "${text}" within ${withinMs} ms`)), withinMs);
          answer.value.then(
            () => settle(give(`The answer ended without "${text}"`)),
            (error: Error) => settle(() => reject(error)),
          );
          watchers.add(look);
          look();
        }),
    },
  };
}

/** A promise that may fail before it is waited for. */
function promise<T>() {
  const { promise: value, resolve, reject } = Promise.withResolvers<T>();
  value.catch(() => {});
  return { value, resolve, reject };
}
