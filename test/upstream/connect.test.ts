import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf, timedOut, watchConnect } from '../../shared/upstream/connect.ts';
import { createFakeTime } from '../support/fake-time.ts';

test('an address is read once, and of many only the last hundred are kept', () => {
  const address = addressOf('https://user:pass@example.com:8443/v1/chat?a=b');
  expect(address).toEqual({
    protocol: 'https:',
    hostname: 'example.com',
    port: 8443,
    path: '/v1/chat?a=b',
    auth: 'user:pass',
  });
  expect(addressOf('https://user:pass@example.com:8443/v1/chat?a=b')).toBe(address);
  for (let at = 0; at < 100; at += 1) addressOf(`https://example.com/${at}`);
  expect(addressOf('https://user:pass@example.com:8443/v1/chat?a=b')).not.toBe(address);
});

/** A socket that is connecting, whose wait is watched. */
function watched(socket: net.Socket, secure = false) {
  const time = createFakeTime();
  const ended: string[] = [];
  watchConnect(socket, { secure, connectMs: 100, end: ({ message }) => ended.push(message), time });
  return { time, ended };
}

test('a socket that is not connected in time ends its request', async () => {
  const { time, ended } = watched(Object.assign(new net.Socket(), { connecting: true }));
  await time.advance(99);
  expect(ended).toEqual([]);
  await time.advance(1);
  expect(ended).toEqual([timedOut('could not be connected to', 100).message]);
});

test.each(['connect', 'close'])('after its %s nothing is waited for', (event) => {
  const socket = Object.assign(new net.Socket(), { connecting: true });
  const { time } = watched(socket);
  expect(time.pending()).toBe(1);
  socket.emit(event);
  expect(time.pending()).toBe(0);
});

test('a secure one is connected when its handshake is done', () => {
  const socket = Object.assign(new net.Socket(), { connecting: true });
  const { time } = watched(socket, true);
  socket.emit('connect');
  expect(time.pending()).toBe(1);
  socket.emit('secureConnect');
  expect(time.pending()).toBe(0);
});

test('one that is connected already is not watched', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  expect(watched(socket).time.pending()).toBe(0);
});
