import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { completion } from '../../support/provider.ts';
import { startRig } from '../../support/rig.ts';

/**
 * A provider of bytes: it answers the first request of each connection, and destroys the connection when the second arrives.
 * `answersAt` connections are answered, later ones are destroyed at once.
 */
async function startForgetful({ answersAt = Number.POSITIVE_INFINITY } = {}) {
  const text = JSON.stringify(completion('ok'));
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: keep-alive\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  const seen = { connections: 0, requests: 0 };
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    seen.connections += 1;
    sockets.add(socket);
    const mayAnswer = seen.connections <= answersAt;
    let received = '';
    let isUsed = false;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (!isWhole(received)) return;
      received = '';
      seen.requests += 1;
      if (isUsed || !mayAnswer) return socket.resetAndDestroy();
      isUsed = true;
      socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  /** Listens no more; connections that are open stay. */
  const stop = async (): Promise<void> => void server.close();
  return { stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Whether a request is there with all of its body. */
function isWhole(text: string): boolean {
  const [head, body = ''] = text.split('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(head!)?.[1];
  return length !== undefined && body.length >= Number(length);
}

async function open(options: Parameters<typeof startForgetful>[0] = {}) {
  const provider = await startForgetful(options);
  const rig = await startRig({ definition: { providers: { p: { baseUrl: provider.url, auth: 'none' } } } });
  onTestFinished(() => rig.close());
  const ask = async () => {
    const response = await rig.post({ model: 'p/m', messages: [{ role: 'user', content: 'hi' }] });
    await response.text();
    return response.status;
  };
  return { rig, ask, seen: provider.seen, stop: provider.stop };
}

test('a kept connection that is reset before the answer is asked once more, and the record says that it was sent twice', async () => {
  const { rig, ask, seen } = await open();
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(200);
  expect(seen).toEqual({ connections: 2, requests: 3 });
  await rig.records(2);
  expect(rig.requests[0]?.attempts).toMatchObject([{ provider: 'p' }]);
  expect(rig.requests[0]?.attempts[0]).not.toHaveProperty('sentTwice');
  expect(rig.requests[1]).toMatchObject({ status: 200, attempts: [{ provider: 'p', sentTwice: true }] });
});

test('where the new connection cannot be made, the request was sent once', async () => {
  const { rig, ask, stop } = await open();
  expect(await ask()).toBe(200);
  await stop();
  expect(await ask()).toBe(502);
  await rig.records(2);
  expect(rig.requests[1]).toMatchObject({ status: 502, attempts: [{ error: 'upstream' }] });
  expect(rig.requests[1]?.attempts[0]).not.toHaveProperty('sentTwice');
});

test('a connection that breaks again is not asked a third time, and the record says all the same that it was sent twice', async () => {
  const { rig, ask, seen } = await open({ answersAt: 1 });
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(502);
  expect(seen).toEqual({ connections: 2, requests: 3 });
  await rig.records(2);
  expect(rig.requests[1]).toMatchObject({ status: 502, attempts: [{ error: 'upstream', sentTwice: true }] });
});

test('where several kept connections are closed, the request is answered on a new one', async () => {
  const { rig, ask } = await open();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
  expect(await ask()).toBe(200);
  await rig.records(4);
  expect(rig.requests[3]).toMatchObject({ status: 200, attempts: [{ provider: 'p', sentTwice: true }] });
});
