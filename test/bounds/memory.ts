import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { createGzip } from 'node:zlib';
import packageJson from '../../package.json' with { type: 'json' };
import { startMember } from '../bench/fork.ts';
import { MASTER_KEY } from '../bench/requests.ts';
import { headOf, startRawProvider } from '../support/raw-provider.ts';

/**
 * Prints the most memory that a gateway of default settings needs, and the longest block of its event loop, for each input that
 * would take gigabytes without bounds. Each in a process of its own. `node test/bounds/memory.ts`
 */
const MB = 1_000_000;

/** Node's flags of a host of its own, as `npm start` has them. */
const hostFlags = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** Writes the same until the other side closes, or so many bytes are written. */
async function flood(
  socket: NodeJS.WritableStream & Pick<Socket, 'destroyed'>,
  piece: Buffer,
  bytes: number,
): Promise<void> {
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
    if (!socket.write(piece)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          socket.removeListener('drain', go);
          socket.removeListener('close', go);
          resolve();
        };
        socket.on('drain', go);
        socket.on('close', go);
      });
    }
  }
}

/** An answer without chunks that ends with its connection. */
const plain = (type: string, extra = ''): string =>
  headOf(type, extra).replace('transfer-encoding: chunked', 'connection: close');

const line = Buffer.alloc(65_536, 'x');
const answers: Record<string, (socket: Socket) => void> = {
  'a line of 400 MB': (socket) => {
    socket.write(`${plain('text/event-stream')}data: `);
    void flood(socket, line, 400 * MB);
  },
  'a gzip bomb of 300 MB in a stream': (socket) => {
    socket.write(plain('text/event-stream', 'content-encoding: gzip\r\n'));
    const gzip = createGzip();
    gzip.pipe(socket);
    void flood(gzip, line, 300 * MB).then(() => gzip.end());
  },
  'a gzip bomb of 300 MB as a reply': (socket) => {
    socket.write(plain('application/json', 'content-encoding: gzip\r\n'));
    const gzip = createGzip();
    gzip.pipe(socket);
    void flood(gzip, line, 300 * MB).then(() => gzip.end());
  },
  'endless comments': (socket) => {
    socket.write(plain('text/event-stream'));
    void flood(socket, Buffer.from(':\n\n'.repeat(20_000)), 1000 * MB);
  },
  'endless events without content': (socket) => {
    socket.write(plain('text/event-stream'));
    void flood(socket, Buffer.from('data: {"choices":[]}\n\n'.repeat(3_000)), 1000 * MB);
  },
  'a whole reply of 31 MB, which is taken': (socket) => {
    const content = 'x'.repeat(31 * MB);
    const value = { id: 'a', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] };
    socket.end(plain('application/json') + JSON.stringify(value));
  },
  'an event of 15 MB, which is taken': (socket) => {
    const value = { id: 'a', choices: [{ index: 0, delta: { content: 'x'.repeat(15 * MB) }, finish_reason: 'stop' }] };
    socket.end(`${plain('text/event-stream')}data: ${JSON.stringify(value)}\n\ndata: [DONE]\n\n`);
  },
  'a reply of 400 MB': (socket) => {
    socket.write(plain('application/json'));
    void flood(socket, line, 400 * MB);
  },
};

const messages = [
  { role: 'developer', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];

async function measure(
  name: string,
  answer: (socket: Socket) => void,
  bodies: (host: string) => object[],
): Promise<void> {
  const image = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(imageBytes, 'x')]);
  const images = http.createServer((_, response) => void response.setHeader('content-type', 'image/png').end(image));
  await new Promise<void>((resolve) => images.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(images.address() as AddressInfo).port}`;
  const provider = await startRawProvider(answer);
  for (const body of bodies(host)) {
    const gateway = await startMember(path.join(import.meta.dirname, 'gateway.ts'), [provider.url, host], hostFlags);
    const idle = await gateway.ask<number>('mostMemoryMb');
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const most = await gateway.ask<number>('mostMemoryMb');
    const blocked = await gateway.ask<number>('longestBlockMs');
    const said = text.length > 300 ? `${text.slice(0, 300)}…` : text;
    const model = 'model' in body ? body.model : '';
    console.log(
      `${name} (${model}): ${idle} → ${most} MB, blocked ${blocked} ms, ${response.status} ${said.replace(/\s+/g, ' ')}`,
    );
    await gateway.stop();
  }
  await provider.close();
  images.closeAllConnections();
  images.close();
}

let imageBytes = 10;
for (const [name, answer] of Object.entries(answers)) {
  const stream = !name.includes('reply');
  await measure(name, answer, () => ['short/m', 'long/m'].map((model) => ({ model, stream, messages })));
}

const addresses = (host: string, count: number): object => ({
  model: 'ge/gemini-x',
  messages: [
    {
      role: 'user',
      content: Array.from({ length: count }, (_, n) => ({
        type: 'image_url',
        image_url: { url: `http://${host}/${n}` },
      })),
    },
  ],
});
const fine = '{"candidates":[{"content":{"parts":[{"text":"ok"}]},"finishReason":"STOP"}]}';
const answerFine = (socket: Socket): void => void socket.end(`${plain('application/json')}${fine}`);
imageBytes = 15 * MB;
await measure('60 addresses of 15 MB', answerFine, (host) => [addresses(host, 60)]);
imageBytes = 1 * MB;
await measure('14 addresses of 1 MB', answerFine, (host) => [addresses(host, 14)]);
imageBytes = 14 * MB;
await measure('one address of 14 MB', answerFine, (host) => [addresses(host, 1)]);
