import net, { type AddressInfo, type Socket } from 'node:net';

/** A provider of bytes: what it answers need not be HTTP. */
export interface RawProvider {
  url: string;
  /** Requests that came, as text. */
  asked: string[];
  /** Connections that are open now. */
  open(): number;
  /** Closes all connections, and waits until the other side has seen it. */
  drop(): Promise<void>;
  close(): Promise<void>;
}

/** Calls `answer` for each whole request; requests are separated by their `content-length`. */
export async function startRawProvider(
  answer: (socket: Socket, request: string, position: number) => void,
): Promise<RawProvider> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = net.createServer((socket) => {
    socket.setNoDelay();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head === -1 || text.length < head + 4 + length) return;
      asked.push(text);
      text = '';
      answer(socket, asked.at(-1)!, asked.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => sockets.size,
    async drop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The head of a chunked answer. */
export const headOf = (type: string, extra = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${extra}transfer-encoding: chunked\r\n\r\n`;

/** One piece of a chunked body. */
export function pieceOf(bytes: string | Buffer): Buffer {
  const body = Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
}

/** A whole answer with its length. */
export const wholeAnswer = (status: string, body: string, extra = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${extra}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
