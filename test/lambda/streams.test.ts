import { expect, test } from 'vitest';
import { lastEvent, streamText } from './answer.ts';
import { chat, streamingChat } from './calls.ts';
import { flood } from './services/provider-scripts.ts';
import { useStage } from './setup.ts';

const stage = useStage();

test('the first event is out before the provider has sent its last', async () => {
  const call = stage.send(streamingChat('mock/gated'));
  await call.seen('first ');
  stage.provider.release();
  const answer = await call.ended;
  expect(streamText(answer.text)).toBe('first last');
  expect(answer.chunks.length).toBeGreaterThan(1);
});

test('the status is out with the first event, not with the last', async () => {
  const call = stage.send(streamingChat('mock/gated'));
  const head = await call.head;
  stage.provider.release();
  expect(head.status).toBe(200);
  await call.ended;
});

test.each(['break', 'truncate'])(
  'a provider that does not finish its stream (%s) is reported inside it, and the process goes on',
  async (model) => {
    const { pid } = await stage.ask({ path: '/health' });

    const broken = await stage.ask(streamingChat(`mock/${model}`));
    expect(broken.status).toBe(200);
    expect(streamText(broken.text)).toBe('half a ');
    expect(lastEvent(broken.text)).toMatchObject({ error: { message: expect.stringMatching(/\w+/) } });
    expect(broken.text).toMatch(/\n\n$/);

    const next = await stage.ask(streamingChat('demo'));
    expect(streamText(next.text)).toBe('one two three');
    expect([broken.pid, next.pid]).toEqual([pid, pid]);
  },
);

test.each([
  ['refuse-400', 400],
  ['refuse-429', 429],
  ['refuse-500', 502],
  ['hang-up', 502],
  ['empty', 502],
])(
  'a provider that refuses a stream (%s) is answered with status %i and an error in the form of OpenAI',
  async (model, status) => {
    const answer = await stage.ask(streamingChat(`mock/${model}`));
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { message: expect.stringMatching(/\w+/) } });
  },
);

test.each([chat('mock/refuse-429'), streamingChat('mock/refuse-429')])(
  'how long to wait is passed on from the provider',
  async (call) => {
    const answer = await stage.ask(call);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('7');
  },
);

test('a caller that reads slowly slows the provider down, and gets all of it', async () => {
  const call = stage.send(streamingChat('mock/flood'));
  await call.head;
  call.pause();
  const taken = await untilStill(() => stage.provider.bytesTaken());
  const all = flood.events * flood.text.length;
  expect(taken).toBeLessThan(all / 2);
  call.resume();
  const answer = await call.ended;
  expect(streamText(answer.text).length).toBe(all);
});

/** The value once it has not changed for 300 ms. */
async function untilStill(read: () => number): Promise<number> {
  for (let before = -1; before !== read(); ) {
    before = read();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return read();
}
