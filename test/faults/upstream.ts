import net, { type AddressInfo, type Socket } from 'node:net';
import { type Answer, dialects } from './answers.ts';

/** A call of the gateway, read from a socket by hand: a server of Node's would refuse to break HTTP as these faults do. */
export interface Call {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Scene {
  socket: Socket;
  /** Which call on this connection it is, from 0. */
  position: number;
  /** What the provider would answer if nothing went wrong. */
  answer: Answer;
  call: Call;
  /** Writes and waits for room; false where the gateway has let go. */
  write(bytes: Uint8Array | string): Promise<boolean>;
  /** Waits so long, or until the gateway has let go; false in that case. */
  pause(ms: number): Promise<boolean>;
}

export interface Play {
  /** On a new connection, before anything of the request is read; where it is absent the request is read first. */
  connected?(socket: Socket): void;
  /** When a request has come. */
  asked?(scene: Scene): unknown;
  /** When the head of a request has come and its body has not. */
  headRead?(scene: Omit<Scene, 'answer' | 'call'>): unknown;
  /** Nothing listens. */
  refused?: boolean;
}

export interface FaultyUpstream {
  url: string;
  /** Connections that are open. */
  open(): number;
  /** Calls that came. */
  calls(): number;
  close(): Promise<void>;
}

/** A provider that fails in one way. The dialect to answer in is the first segment of the path. */
export async function startFaulty(play: Play): Promise<FaultyUpstream> {
  // A port that was free a moment ago may be another test's by now; on this one nothing listens.
  if (play.refused) return { url: 'http://127.0.0.1:1', open: () => 0, calls: () => 0, close: async () => {} };
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = net.createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A gateway that lets go resets the connection, which is no failure of the test.
    socket.on('error', () => {});
    if (play.connected) {
      // Only a socket that is read says that the other side has closed it.
      socket.resume();
      return play.connected(socket);
    }
    readCalls(socket, play, () => {
      calls += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closed = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    url,
    open: () => sockets.size,
    calls: () => calls,
    async close() {
      for (const socket of sockets) socket.destroy();
      await closed();
    },
  };
}

function readCalls(socket: Socket, play: Play, called: () => void): void {
  let held = Buffer.alloc(0);
  let position = 0;
  let isHeadSeen = false;
  const base = { socket, write: writer(socket), pause: pauser(socket) };
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    const headEnd = held.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    if (!isHeadSeen && play.headRead) {
      isHeadSeen = true;
      called();
      void play.headRead({ ...base, position });
      return;
    }
    if (play.headRead) return;
    const head = held.toString('latin1', 0, headEnd);
    const headers = Object.fromEntries(
      head
        .split('\r\n')
        .slice(1)
        .map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
    );
    const end = headEnd + 4 + Number(headers['content-length'] ?? 0);
    if (held.length < end) return;
    const body = held.toString('utf8', headEnd + 4, end);
    held = held.subarray(end);
    called();
    const call: Call = { path: head.split(' ')[1] ?? '', headers, body };
    void play.asked?.({ ...base, position, call, answer: answerTo(call) });
    position += 1;
  });
}

function answerTo({ path, body }: Call): Answer {
  const name = path.split('/')[1];
  const dialect = dialects.find((candidate) => candidate.name === name) ?? dialects[0]!;
  return dialect.streams(path, body) ? dialect.stream() : dialect.whole();
}

const writer = (socket: Socket) => (bytes: Uint8Array | string) =>
  new Promise<boolean>((resolve) => {
    if (socket.destroyed || !socket.writable) return resolve(false);
    if (socket.write(bytes)) return setImmediate(() => resolve(!socket.destroyed));
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve(!socket.destroyed);
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });

const pauser = (socket: Socket) => (ms: number) =>
  new Promise<boolean>((resolve) => {
    if (socket.destroyed) return resolve(false);
    const settle = (): void => {
      clearTimeout(timer);
      socket.off('close', settle);
      resolve(!socket.destroyed);
    };
    const timer = setTimeout(settle, ms);
    socket.on('close', settle);
  });
