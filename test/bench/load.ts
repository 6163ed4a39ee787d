import http from 'node:http';
import { type Spread, spreadOf } from './figures.ts';
import { join } from './member.ts';
import { MASTER_KEY, type RequestBody, requestBody } from './requests.ts';

/** The callers, in a process of their own and as frugal as Node allows: the machine's cores are needed elsewhere. */

export interface Volley {
  url: string;
  request: RequestBody;
  count: number;
  concurrency: number;
}

export interface Outcome {
  failed: number;
  /** What was wrong with the first of them. */
  failure?: string;
  /** Milliseconds from the call to the first byte of the answer's body, and to its end. */
  first: Spread;
  total: Spread;
  /** Pieces in which an answer's body arrived, on average: what is read together costs less. */
  pieces: number;
}

const agent = new http.Agent({ keepAlive: true });
const bodies = new Map<string, Buffer>();
/** Length of a server's sound answer to a request: every later one must have it too. */
const soundLengths = new Map<string, number>();

async function fire({ url, request, count, concurrency }: Volley): Promise<Outcome> {
  const firstMs: number[] = [];
  const totalMs: number[] = [];
  const failures: string[] = [];
  let pieces = 0;
  const name = JSON.stringify(request);
  const body = bodies.get(name) ?? requestBody(request);
  bodies.set(name, body);
  let left = count;

  async function caller(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const answer = await call(url, body);
      const failure = answer.failure ?? failureOf(answer, request, url + name);
      if (failure === undefined) {
        firstMs.push(answer.firstMs);
        totalMs.push(answer.totalMs);
        pieces += answer.pieces.length;
      } else failures.push(failure);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, caller));
  const failure = failures[0];
  return {
    failed: failures.length,
    ...(failure === undefined ? {} : { failure }),
    first: spreadOf(firstMs),
    total: spreadOf(totalMs),
    pieces: pieces / totalMs.length,
  };
}

interface Answer {
  status: number;
  pieces: Buffer[];
  firstMs: number;
  totalMs: number;
  failure?: string;
}

function call(url: string, body: Buffer): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const answer: Answer = { status: 0, pieces: [], firstMs: 0, totalMs: 0 };
  const startedAt = performance.now();
  const failed = (cause: Error): void => resolve({ ...answer, failure: cause.message });
  const headers = {
    authorization: `Bearer ${MASTER_KEY}`,
    'content-type': 'application/json',
    'content-length': body.byteLength,
  };
  const request = http.request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers }, (response) => {
    answer.status = response.statusCode ?? 0;
    response.on('data', (piece: Buffer) => {
      if (answer.pieces.length === 0) answer.firstMs = performance.now() - startedAt;
      answer.pieces.push(piece);
    });
    response.on('end', () => {
      answer.totalMs = performance.now() - startedAt;
      resolve(answer);
    });
    response.on('error', failed);
  });
  request.on('error', failed);
  request.end(body);
  return promise;
}

/** The first answer of a kind is read, later ones are measured by its length: reading all would cost more than serving them. */
function failureOf({ status, pieces }: Answer, request: RequestBody, kind: string): string | undefined {
  const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (status === 200 && length === soundLengths.get(kind)) return undefined;
  const text = Buffer.concat(pieces).toString();
  if (status !== 200 || soundLengths.has(kind) || !isSound(text, request)) return `${status} ${text.slice(0, 300)}`;
  soundLengths.set(kind, length);
  return undefined;
}

function isSound(text: string, { model, stream }: RequestBody): boolean {
  if (!stream) return JSON.parse(text).choices[0].finish_reason === 'stop';
  const events = text.split('\n\n');
  const chunks = events.filter((event) => event.includes('"chat.completion.chunk"'));
  const isWhole = chunks.length === (model === 'paced' ? 50 : 100) && chunks.at(-1)!.includes('"stop"');
  return isWhole && events.at(-2) === 'data: [DONE]' && events.at(-1) === '';
}

join('', { fire: (volley) => fire(volley as Volley) });
