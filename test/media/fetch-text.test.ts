import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createFetchText } from '../../shared/media/fetch-text.ts';

let server: http.Server;
let host = '';
let asked: string[] = [];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/text') return void response.end('{"a":"ü"}');
    if (request.url === '/full') return void response.end('x'.repeat(1000));
    if (request.url === '/large') return void response.end('x'.repeat(1001));
    if (request.url === '/moved') return void response.writeHead(301, { location: '/text' }).end();
    if (request.url === '/slow') return;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const fetchText = (trustedHosts: string[] = [host]) =>
  createFetchText({ trustedHosts, maxBytes: 1000, timeoutMs: 300 }, systemTime);

test('a text is read up to its bound', async () => {
  expect(await fetchText()(`http://${host}/text`)).toBe('{"a":"ü"}');
  expect(await fetchText()(`http://${host}/full`)).toHaveLength(1000);
});

test.each([
  ['/large', 'it is larger than 1000 bytes'],
  ['/moved', 'it redirects'],
  ['/slow', 'it took too long'],
  ['/none', 'its host answers with status 404'],
])('%s fails with words for the log: %s', async (path, why) => {
  await expect(fetchText()(`http://${host}${path}`)).rejects.toThrow(
    `http://${host}${path} cannot be fetched: ${why}.`,
  );
});

test('nobody is asked whom the owner does not trust, unless it is public and uses https', async () => {
  asked = [];
  for (const url of [`http://${host}/text`, `https://${host}/text`, 'http://example.com/', 'file:///etc/passwd', 'x'])
    await expect(fetchText([])(url)).rejects.toThrow('cannot be fetched');
  await expect(fetchText()('https://169.254.169.254/')).rejects.toThrow('not on the open internet');
  expect(asked).toEqual([]);
});
