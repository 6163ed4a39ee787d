import { expect, test } from 'vitest';
import { receivingBounds } from '../../shared/hosts/node.ts';
import { host, rawSocket, text } from './hosting.ts';

const quick = { headersMs: 100, requestMs: 200, lookedAtEveryMs: 20 };

test.each([
  ['headers', 'GET / HTTP/1.1\r\nho'],
  ['a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf'],
])('a caller who does not send %s to the end is refused with 408 after a bound', async (_, bytes) => {
  const server = await host(
    async (http) => {
      await http.body();
      return text('x');
    },
    { receiving: quick },
  );
  const { socket, received, closed } = await rawSocket(server.port);
  socket.write(bytes);
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close/);
  expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('an answer may take longer than its request may', async () => {
  const server = await host(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return text('slow');
    },
    { receiving: quick },
  );
  expect(await (await fetch(server.url, { method: 'POST', body: '{}' })).text()).toBe('slow');
});

test('a connection beyond the most is closed at once, and one that ends makes room', async () => {
  const server = await host(async () => text('x'), { receiving: { connections: 1 } });
  const first = await rawSocket(server.port);
  const ask = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
  first.socket.write(ask);
  await expect.poll(first.received).toContain('200 OK');
  const second = await rawSocket(server.port);
  second.socket.write(ask);
  await second.closed;
  expect(second.received()).toBe('');
  first.socket.destroy();
  await expect
    .poll(async () => {
      const third = await rawSocket(server.port);
      third.socket.write(`${ask.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')}`);
      await third.closed;
      return third.received();
    })
    .toContain('200 OK');
});

test("the bounds of a host are Node's own, and a number of connections", () => {
  expect(receivingBounds).toEqual({
    headersMs: 60_000,
    requestMs: 300_000,
    lookedAtEveryMs: 30_000,
    connections: 10_000,
  });
});
