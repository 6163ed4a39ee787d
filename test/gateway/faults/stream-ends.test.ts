import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chunk, sleep, textStream } from '../../support/provider.ts';
import { headOf, pieceOf } from '../../support/raw-provider.ts';
import { drip, type FaultStage, openFaultStage, roads } from './fault-stage.ts';

/** How a stream may end, and what each end is. */
let stage: FaultStage;
beforeAll(async () => {
  stage = await openFaultStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

const events = textStream(['one'], true);
const upToFinish = events.slice(0, -1).join('');

describe.each(roads)('on the road of %s, a stream', (model) => {
  test.each<[string, (socket: Socket) => void]>([
    ['a reset', (s) => s.resetAndDestroy()],
    ['an open socket', () => {}],
    ['nonsense', (s) => s.write('nonsense')],
    ['more events', (s) => drip(s, pieceOf(chunk({ content: 'more' })).toString())],
  ])('is over with [DONE]: %s behind it is no error and costs no time', async (_, after) => {
    stage.play((socket) => {
      socket.write(headOf('text/event-stream') + pieceOf(events.join('')).toString());
      setTimeout(() => after(socket), 20);
    });
    const started = Date.now();
    const { status, text } = await stage.ask(model, true);
    expect(status).toBe(200);
    expect(text).toMatch(/one[\s\S]*\[DONE\]\n\n$/);
    expect(text).not.toContain('more');
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(stage.rig.requests.at(-1)).toMatchObject({ status: 200, provider: model, attempts: [{}] });
    expect(stage.rig.requests.at(-1)?.error).toBeUndefined();
    expect(await stage.leftOpen()).toBe(0);
  });

  test('that ends by its length keeps its connection for the next one', async () => {
    let connections = 0;
    const seen = new WeakSet<Socket>();
    stage.play((socket) => {
      if (!seen.has(socket)) connections += 1;
      seen.add(socket);
      socket.write(headOf('text/event-stream') + pieceOf(events.join('')).toString());
      setTimeout(() => socket.write('0\r\n\r\n'), 5);
    });
    for (let time = 0; time < 3; time += 1) {
      expect((await stage.ask(model, true)).text).toContain('one');
      await sleep(30);
    }
    expect(connections).toBe(1);
  });

  test('that breaks before its last event, but after every reason to stop, is whole', async () => {
    stage.play((socket) => {
      socket.write(headOf('text/event-stream') + pieceOf(upToFinish).toString());
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect((await stage.ask(model, true)).status).toBe(200);
    await sleep(20);
    expect(stage.rig.requests.at(-1)?.error).toBeUndefined();
  });

  test('that breaks in the middle of an event never gives half of it', async () => {
    stage.play((socket) => {
      socket.write(headOf('text/event-stream') + pieceOf(events[0]! + events[1]!).toString());
      socket.end(`${pieceOf(chunk({ content: 'half' }).slice(0, 40)).toString()}0\r\n\r\n`);
    });
    const { text } = await stage.ask(model, true);
    expect(text).toContain('one');
    for (const line of text.split('\n').filter((line) => line.startsWith('data: {'))) JSON.parse(line.slice(6));
    expect(text).toContain('"error"');
    expect(text).not.toContain('[DONE]');
  });
});

test('the total time-out of a provider ends one that goes on too long, and its error is in the stream', async () => {
  stage.play((socket) => {
    socket.write(headOf('text/event-stream'));
    drip(socket, pieceOf(chunk({ content: 'more' })).toString());
  });
  const started = Date.now();
  const { text } = await stage.ask('total', true);
  expect(text).toContain('within 0.7 s');
  expect(Date.now() - started).toBeLessThan(1_500);
  expect(await stage.leftOpen()).toBe(0);
});
