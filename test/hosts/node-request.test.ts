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
