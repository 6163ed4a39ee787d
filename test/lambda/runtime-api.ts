import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createExchange, type Exchange, type Invocation } from './invocation.ts';

/** What Lambda does to the process around the function, at the moments when it does so. */
export interface ProcessControl {
  pid(): number;
  freeze(): void;
  thaw(): void;
  kill(): void;
}

export interface RuntimeApi {
  /** host:port, for AWS_LAMBDA_RUNTIME_API. */
  address: string;
  invoke(event: unknown, timeoutMs: number): Invocation;
  /** The process is gone: so is whatever it was doing. */
  abandon(reason: string): void;
  close(): void;
}

/**
 * Lambda's side of a sandbox: hands out one event at a time and takes the answers.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(control: ProcessControl): Promise<RuntimeApi> {
  const queue: Exchange[] = [];
  let current: { id: string; exchange: Exchange; deadline: NodeJS.Timeout } | undefined;
  let poll: ServerResponse | undefined;

  const finish = (outcome: (exchange: Exchange) => void) => {
    if (!current) return;
    clearTimeout(current.deadline);
    const { exchange } = current;
    current = undefined;
    outcome(exchange);
  };

  const deliver = () => {
    const exchange = queue[0];
    if (!poll || !exchange) return;
    queue.shift();
    const id = randomUUID();
    const { timeoutMs } = exchange;
    const deadline = setTimeout(() => {
      finish(({ fail }) => fail(`Task timed out after ${timeoutMs} ms`));
      control.kill();
    }, timeoutMs);
    current = { id, exchange, deadline };
    exchange.begin(control.pid());
    control.thaw();
    poll.writeHead(200, invocationHeaders(id, Date.now() + timeoutMs)).end(exchange.event);
    poll = undefined;
  };

  const next = (response: ServerResponse) => {
    poll = response;
    response.on('close', () => {
      if (poll === response) poll = undefined;
    });
    finish(({ end }) => end());
    if (queue.length === 0) control.freeze();
    deliver();
  };

  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url?.replace('/2018-06-01/runtime/', '')}`;
    if (call === 'GET invocation/next') return next(response);
    if (call === `POST invocation/${current?.id}/response`) return receive(request, response);
    const reported = await text(request).catch(() => '');
    response.writeHead(202).end('{"status":"OK"}');
    if (call === 'POST init/error') {
      for (const { fail } of queue.splice(0)) fail(`The function did not start: ${reported}`);
    } else {
      current?.exchange.fail(`The function failed: ${call} ${reported}`);
    }
  });

  const receive = (request: IncomingMessage, response: ServerResponse) => {
    current?.exchange.receive(request);
    request.on('end', () => response.writeHead(202).end('{"status":"OK"}'));
  };

  // A sandbox reads slowly and stays open for long: none of Node's own limits on requests apply.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoke(event, timeoutMs) {
      const exchange = createExchange(event, timeoutMs);
      queue.push(exchange);
      deliver();
      return exchange.invocation;
    },
    abandon(reason) {
      finish(({ fail }) => fail(reason));
      for (const { fail } of queue.splice(0)) fail(reason);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function invocationHeaders(id: string, deadline: number): Record<string, string> {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(deadline),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:sluice',
    'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
  };
}
