import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chunk, completion, sleep } from '../../support/provider.ts';
import { headOf, pieceOf, wholeAnswer } from '../../support/raw-provider.ts';
import { drip, type FaultStage, openFaultStage, roads } from './fault-stage.ts';

/** Whatever a provider's socket does, each request is answered, the next target is asked, and nothing is left behind. */
let stage: FaultStage;
beforeAll(async () => {
  stage = await openFaultStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

/** Answers after which a connection may be used again. */
const keeps = /^(?:a redirect$|304|204|200 with)/;

describe.each(roads)('on the road of %s, the next target is asked after', (model) => {
  test.each<[string, (socket: Socket) => void]>([
    [
      '101 and another protocol',
      (s) => s.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['101 without a protocol', (s) => s.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ['a redirect', (s) => s.write(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/x\r\ncontent-length: 0\r\n\r\n`)],
    [
      'a redirect whose body never ends',
      (s) => s.write(`${headOf('text/html').replace('200 OK', '307 Moved')}1\r\nx\r\n`),
    ],
    ['304', (s) => s.write('HTTP/1.1 304 Not Modified\r\n\r\n')],
    ['204 without a body', (s) => s.write('HTTP/1.1 204 No Content\r\n\r\n')],
    ['200 with an empty body', (s) => s.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')],
    ['a close before any byte', (s) => s.end()],
    ['a close within the head', (s) => s.end('HTTP/1.1 200 OK\r\ncontent-ty')],
    ['a reset', (s) => s.resetAndDestroy()],
    ['no HTTP at all', (s) => s.write('SSH-2.0-OpenSSH_9.6\r\n')],
    [
      'a head without end',
      (s) => {
        s.write('HTTP/1.1 200 OK\r\n');
        drip(s, `x-${'a'.repeat(500)}: b\r\n`, 1);
      },
    ],
    ['silence', () => {}],
    [
      'a head in drips',
      (s) => {
        s.write('HTTP/1.1 200 OK\r\n');
        drip(s, 'x: y\r\n');
      },
    ],
    [
      'nothing but 1xx',
      (s) => {
        drip(s, 'HTTP/1.1 103 Early Hints\r\n\r\n');
      },
    ],
    [
      'a failure whose body never ends',
      (s) => s.write(`${headOf('application/json').replace('200 OK', '500 Oh')}1\r\n{\r\n`),
    ],
  ])('%s, for a stream and for a whole reply, and no connection is left', async (name, script) => {
    stage.play(script);
    for (const stream of [true, false]) {
      const { status, text } = await stage.ask(model, stream);
      expect([status, text]).toEqual([200, expect.stringContaining('sound')]);
    }
    // An empty answer may leave its connection to be kept; no other does.
    expect(await stage.leftOpen()).toBeLessThanOrEqual(keeps.test(name) ? 1 : 0);
  });

  test.each<[string, (socket: Socket) => void]>([
    [
      'comments only',
      (s) => {
        s.write(headOf('text/event-stream'));
        drip(s, pieceOf(': wait\n\n').toString());
      },
    ],
    [
      'pings without content',
      (s) => {
        s.write(headOf('text/event-stream'));
        drip(s, pieceOf('event: ping\ndata: {}\n\n').toString());
      },
    ],
    [
      'a start and no content',
      (s) => {
        s.write(headOf('text/event-stream'));
        drip(s, pieceOf(chunk({ role: 'assistant', content: '' })).toString());
      },
    ],
    [
      'a first event that drips',
      (s) => {
        s.write(headOf('text/event-stream'));
        s.write(pieceOf('data: {'));
        drip(s, pieceOf(' ').toString());
      },
    ],
    [
      'a line without end',
      (s) => {
        s.write(headOf('text/event-stream'));
        drip(s, pieceOf('data: '.padEnd(20_000, 'x')).toString(), 1);
      },
    ],
    [
      'a flood of comments',
      (s) => {
        s.write(headOf('text/event-stream'));
        drip(s, pieceOf(':\n\n'.repeat(5_000)).toString(), 1);
      },
    ],
    [
      'a gzip bomb',
      (s) => {
        s.write(headOf('text/event-stream', 'content-encoding: gzip\r\n'));
        s.write(pieceOf(gzipSync(`data: ${'x'.repeat(5_000_000)}`)));
      },
    ],
  ])('%s in a stream', async (_, script) => {
    stage.play(script);
    const started = Date.now();
    const { status, text } = await stage.ask(model, true);
    expect([status, text]).toEqual([200, expect.stringContaining('sound')]);
    expect(Date.now() - started).toBeLessThan(1_500);
    expect(await stage.leftOpen()).toBe(0);
  });

  test.each<[string, (socket: Socket) => void]>([
    [
      'a whole reply in drips',
      (s) => {
        s.write(headOf('application/json'));
        drip(s, pieceOf(' ').toString());
      },
    ],
    [
      'a reply that is too large',
      (s) => {
        s.write(headOf('application/json'));
        drip(s, pieceOf(' '.repeat(50_000)).toString(), 1);
      },
    ],
    [
      'a bomb of a reply',
      (s) => {
        s.write(headOf('application/json', 'content-encoding: gzip\r\n'));
        s.write(pieceOf(gzipSync(`{"a":"${'x'.repeat(5_000_000)}"}`)));
      },
    ],
  ])('%s', async (_, script) => {
    stage.play(script);
    const { status, text } = await stage.ask(model, false);
    expect([status, text]).toEqual([200, expect.stringContaining('sound')]);
    expect(await stage.leftOpen()).toBe(0);
  });
});

test('what is too large is named with its limit', async () => {
  stage.play((socket) => {
    socket.write(headOf('application/json'));
    drip(socket, pieceOf(' '.repeat(50_000)).toString(), 1);
  });
  const whole = await stage.ask('faulty/m', false);
  expect([whole.status, whole.text]).toEqual([502, expect.stringContaining('limits.replyBytes')]);
  stage.play((socket) => {
    socket.write(headOf('text/event-stream'));
    drip(socket, pieceOf(':\n\n'.repeat(5_000)).toString(), 1);
  });
  const stream = await stage.ask('faulty/m', true);
  expect([stream.status, stream.text]).toEqual([502, expect.stringContaining('limits.eventBytes')]);
});

test('a request whose both tries were reset on kept connections is recorded as sent twice', async () => {
  let warm = 2;
  stage.play((socket) => {
    if (warm > 0) {
      warm -= 1;
      // Both answers wait for each other, so that two connections are opened and then kept.
      held.push(socket);
      if (held.length < 2) return;
      for (const each of held) each.write(wholeAnswer('200 OK', JSON.stringify(completion('warm'))));
      return;
    }
    socket.resetAndDestroy();
  });
  const held: Socket[] = [];
  await Promise.all([stage.ask('faulty/m', false), stage.ask('faulty/m', false)]);
  await sleep(20);
  const { status } = await stage.ask('faulty/m', false);
  expect(status).toBe(502);
  await sleep(20);
  expect(stage.rig.requests.at(-1)).toMatchObject({ attempts: [{ error: 'upstream', sentTwice: true }] });
});
