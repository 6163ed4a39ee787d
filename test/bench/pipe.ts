import http from 'node:http';
import { announce } from './member.ts';

/** The floor: what it costs in Node to stand between a caller and a provider and do nothing at all. */

const upstream = new URL(process.argv[2]!);
const agent = new http.Agent({ keepAlive: true });

const server = http.createServer((request, response) => {
  const { method, url, headers } = request;
  const up = http.request(
    { host: upstream.hostname, port: upstream.port, method, path: url, headers, agent },
    (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    },
  );
  up.on('error', () => response.destroy());
  request.pipe(up);
});

announce(server);
