import { gzipSync } from 'node:zlib';
import type { Answer } from './answers.ts';
import type { Play, Scene } from './upstream.ts';

/** What plays of faults are made of. */

export type Ending = (scene: Scene) => unknown;

export const joined = ({ pieces }: Answer): Buffer => Buffer.concat(pieces);

/** The pieces before the end of a stream; all of a whole reply but its last quarter. */
export function unfinished({ streamed, pieces, ending }: Answer): Buffer[] {
  if (streamed) return pieces.slice(0, pieces.length - ending);
  const whole = Buffer.concat(pieces);
  return [whole.subarray(0, Math.floor(whole.length * 0.75))];
}

export function head(status: number | string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${typeof status === 'number' ? `${status} Status` : status}\r\n${lines.join('')}\r\n`;
}

/** Head of an answer whose body ends with the connection. */
export const opened = ({ contentType }: Answer, headers: Record<string, string | number> = {}): string =>
  head(200, { 'content-type': contentType, connection: 'close', ...headers });

export const reset: Ending = ({ socket }) => void socket.resetAndDestroy();
export const end: Ending = ({ socket }) => void socket.end();
export const stayOpen: Ending = () => {};

/** An answer of these bytes, and how the connection ends behind them. */
export const answers = (
  bytes: (answer: Answer, scene: Scene) => readonly (Uint8Array | string)[],
  ending: Ending = end,
  headers: Record<string, string | number> = {},
): Play => ({
  async asked(scene) {
    await scene.write(opened(scene.answer, headers));
    for (const piece of bytes(scene.answer, scene)) if (!(await scene.write(piece))) return;
    await ending(scene);
  },
});

/** A whole answer to any call, of one status and body, its length announced. */
export const replies = (
  status: number | string,
  body: string | Uint8Array = '',
  headers: Record<string, string | number> = {},
): Play => ({
  async asked({ write, socket }) {
    const length = Buffer.byteLength(body);
    await write(
      head(status, { 'content-type': 'application/json', connection: 'close', 'content-length': length, ...headers }),
    );
    await write(body);
    socket.end();
  },
});

/** Bytes as they are, head included. */
export const raw = (bytes: (scene: Scene) => string | Uint8Array, ending: Ending = end): Play => ({
  async asked(scene) {
    await scene.write(bytes(scene));
    await ending(scene);
  },
});

/** The same bytes again and again, as fast as they are read, until there were so many or the gateway lets go. */
export async function flood({ write }: Pick<Scene, 'write'>, bytes: Buffer, most: number): Promise<boolean> {
  for (let sent = 0; sent < most; sent += bytes.length) if (!(await write(bytes))) return false;
  return true;
}

/** The same bytes again and again, so many milliseconds apart, for so long. */
export async function drip(
  { write, pause }: Pick<Scene, 'write' | 'pause'>,
  bytes: Buffer | string,
  everyMs: number,
  forMs: number,
) {
  for (let waited = 0; waited < forMs; waited += everyMs) {
    if (!(await write(bytes)) || !(await pause(everyMs))) return;
  }
}

export const inChunks = (pieces: readonly Uint8Array[]): Buffer[] =>
  pieces.flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n')]);

export const chunked = { 'transfer-encoding': 'chunked', connection: 'keep-alive' };

/** A text of JSON or of server-sent events with something put into every event. */
export const changed = (answer: Answer, change: (text: string) => string): Buffer[] =>
  answer.pieces.map((piece) => Buffer.from(change(piece.toString('utf8'))));

/** Bytes that unpack to so many. */
export function bomb(bytes: number, start: Buffer): Buffer {
  const member = gzipSync(Buffer.alloc(1_000_000, 'a'), { level: 9 });
  // A gzip file may be several, one behind the other: this is cheap to make, however large.
  return Buffer.concat([gzipSync(start), ...Array.from({ length: Math.ceil(bytes / 1_000_000) }, () => member)]);
}

export const openingOf = ({ streamed }: Answer): Buffer =>
  Buffer.from(streamed ? 'data: {"padding":"' : '{"padding":"');
