import { expect, test } from 'vitest';
import { jsonOutgoing } from '../../shared/http/message.ts';
import { host, rawSocket } from './hosting.ts';

test.each([
  ['/v1/models?a=b', '/v1/models', 'a=b'],
  ['http://gateway.example.com/v1/models?a=b', '/v1/models', 'a=b'],
  ['HTTPS://user@gateway.example.com:8443/v1/models', '/v1/models', ''],
  ['http://[::1]:8080/v1/models/a%2Fb', '/v1/models/a%2Fb', ''],
  ['http://gateway.example.com', '/', ''],
  ['http://gateway.example.com?a=http://b/c', '/', 'a=http://b/c'],
  ['//v1/models', '//v1/models', ''],
  ['/http://x/v1/models', '/http://x/v1/models', ''],
])('the target %s is read as path %s and query %j', async (target, path, query) => {
  const server = await host(async (http) => jsonOutgoing(200, { path: http.path, query: http.query }));
  const { socket, received } = await rawSocket(server.port);
  socket.write(`GET ${target} HTTP/1.1\r\nhost: other.example.com\r\n\r\n`);
  await expect.poll(received).toMatch(/\}$/);
  expect(received()).toContain(JSON.stringify({ path, query }));
});

test('the target * of OPTIONS stays as it is', async () => {
  const server = await host(async (http) => jsonOutgoing(200, { path: http.path }));
  const { socket, received } = await rawSocket(server.port);
  socket.write('OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(received).toContain('{"path":"*"}');
});

test.each([
  ['each once', ['x-a: 1', 'Set-Cookie: b=1', 'cookie: c'], { 'x-a': '1', 'set-cookie': 'b=1', cookie: 'c' }],
  ['some again', ['x-a: 1', 'X-A: 2', 'authorization: a', 'authorization: b'], { 'x-a': '1,2', authorization: 'a,b' }],
  ['one that is no name of a member', ['__proto__: 1', 'x-a: 1'], { 'x-a': '1' }],
])('headers are read in lower case and joined by commas, as on Lambda: %s', async (_, lines, expected) => {
  const server = await host(async (http) => jsonOutgoing(200, http.headers));
  const { socket, received } = await rawSocket(server.port);
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${lines.join('\r\n')}\r\n\r\n`);
  await expect.poll(received).toMatch(/\}$/);
  expect(JSON.parse(received().split('\r\n\r\n')[1]!)).toEqual({ host: 'x', ...expected });
});
