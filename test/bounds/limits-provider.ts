import { answers, end, head } from '../faults/plays.ts';
import type { Play } from '../faults/upstream.ts';

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const done = `${chunk('', 'stop')}data: [DONE]\n\n`;
const reply = (content: string, logprobs: unknown = null): string =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs }],
  });
/** The number in a name. */
export const numbered = (model: string): number => Number(/\d+/.exec(model)?.[0]);

/** The model's name says what to answer, with a number: of bytes or of milliseconds. */
export const scripts: Record<string, (amount: number) => NonNullable<Play['asked']>> = {
  event: (bytes) => answers(() => [chunk('x'.repeat(bytes)), done]).asked!,
  /** So many bytes of comments, in events of a kilobyte, before the answer begins. */
  preamble: (bytes) => async (scene) => {
    await scene.write(head(200, { 'content-type': 'text/event-stream', connection: 'close' }));
    await scene.write(`:${' '.repeat(997)}\n\n`.repeat(bytes / 1_000));
    await scene.write(chunk('hi') + done);
    scene.socket.end();
  },
  /** A refusal of so many bytes, with its reason at their end. */
  refusal: (bytes) => async (scene) => {
    const message = { message: 'the reason', type: 'invalid_request_error' };
    const body = JSON.stringify({ padding: '', error: message });
    const padded = body.replace('""', `"${' '.repeat(bytes - body.length)}"`);
    await scene.write(head(400, { 'content-type': 'application/json', connection: 'close' }) + padded);
    scene.socket.end();
  },
  describe: (ms) => async (scene) => {
    await scene.pause(ms);
    await answers(() => [reply('A red apple lies on a white table beside a blue cup of tea.')]).asked!(scene);
  },
  reply: (bytes) => answers(() => [reply('x'.repeat(bytes))]).asked!,
  values: (count) =>
    answers(() => [
      reply(
        'hi',
        Array.from({ length: count }, () => 1),
      ),
    ]).asked!,
  firstevent: (ms) => async (scene) => {
    await scene.write(head(200, { 'content-type': 'text/event-stream', connection: 'close' }));
    for (let waited = 0; waited < ms; waited += 50) {
      await scene.write(': waiting\n\n');
      await scene.pause(50);
    }
    await scene.write(chunk('hi') + done);
    scene.socket.end();
  },
  idle: (ms) => async (scene) => {
    await scene.write(head(200, { 'content-type': 'text/event-stream', connection: 'close' }) + chunk('hi'));
    await scene.pause(ms);
    await scene.write(done);
    scene.socket.end();
  },
  slowreply: (ms) => async (scene) => {
    await scene.write(head(200, { 'content-type': 'application/json', connection: 'close' }));
    for (let waited = 0; waited < ms; waited += 50) {
      await scene.write(' ');
      await scene.pause(50);
    }
    await scene.write(reply('hi'));
    scene.socket.end();
  },
  total: (ms) => async (scene) => {
    await scene.write(head(200, { 'content-type': 'text/event-stream', connection: 'close' }));
    for (let waited = 0; waited < ms; waited += 50) {
      await scene.write(chunk('hi'));
      await scene.pause(50);
    }
    await scene.write(done);
    scene.socket.end();
  },
  headers: (bytes) => async (scene) => {
    await scene.write(
      head(200, { 'content-type': 'application/json', connection: 'close', 'x-large': 'a'.repeat(bytes) }),
    );
    await scene.write(reply('hi'));
    end(scene);
  },
  wait: (seconds) => async (scene) => {
    await scene.write(head(429, { 'retry-after': seconds, 'content-length': 2, connection: 'close' }));
    await scene.write('{}');
    end(scene);
  },
};
