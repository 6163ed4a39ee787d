import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface ChatBody {
  model: string;
  messages: { role: string; content: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

export interface Scene {
  body: ChatBody;
  response: ServerResponse;
  /** Resolves when the test calls `provider.release()`. */
  released: Promise<void>;
  taken(bytes: number): void;
}

type Script = (scene: Scene) => Promise<void> | void;

/** Numbers that are found nowhere else, so that a record can be recognised by them. */
export const usage = { prompt_tokens: 1117, completion_tokens: 733, total_tokens: 1850 };

/** One script a model name. */
export const scripts: Record<string, Script> = {
  'demo-model': (scene) => (scene.body.stream ? sendStream(scene) : reply(scene)),

  /** Waits for the test between its first piece of text and its last. */
  async gated(scene) {
    openStream(scene);
    sendText(scene, 'first ');
    await scene.released;
    sendText(scene, 'last');
    finish(scene);
  },

  /** Breaks the connection after two pieces of text. */
  async break(scene) {
    openStream(scene);
    sendText(scene, 'half ');
    sendText(scene, 'a ');
    await pause(30);
    scene.response.destroy();
  },

  /** Closes in good order after two pieces of text: no finish reason, no [DONE]. */
  async truncate(scene) {
    openStream(scene);
    sendText(scene, 'half ');
    sendText(scene, 'a ');
    await pause(30);
    scene.response.end();
  },

  /** Breaks the connection before it has sent anything. */
  'hang-up': ({ response }) => {
    response.socket?.destroy();
  },

  /** A stream that ends before its first event. */
  empty(scene) {
    openStream(scene);
    scene.response.end();
  },

  'refuse-400': (scene) => refuse(scene, 400, { message: 'This model knows no such thing.', code: 'bad_thing' }),
  'refuse-429': (scene) =>
    refuse(scene, 429, { message: 'Slow down.', code: 'rate_limit_exceeded' }, { 'retry-after': '7' }),
  'refuse-500': (scene) => refuse(scene, 500, { message: 'The server had an error.', code: null }),

  /** Takes the request and sends nothing. */
  silent: () => {},

  /** Sends one piece of text, then nothing. */
  stall(scene) {
    openStream(scene);
    sendText(scene, 'half ');
  },

  /** More than any buffer on the way holds; goes on as fast as it is read. */
  async flood(scene) {
    openStream(scene);
    const read = async function* () {
      for (let index = 0; index < flood.events; index += 1) {
        yield asEvent(scene, textFields(flood.text));
        scene.taken(flood.text.length);
      }
    };
    // The caller may go away in the middle; the test notices it.
    await pipeline(Readable.from(read()), scene.response, { end: false }).catch(() => {});
    finish(scene);
  },
};

export const flood = { events: 3_000, text: 'x'.repeat(16_384) };

function reply({ body, response }: Scene): void {
  const message = { role: 'assistant', content: `${body.messages.at(-1)?.content.length} characters heard` };
  const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: body.model, choices, usage }),
  );
}

async function sendStream(scene: Scene): Promise<void> {
  openStream(scene);
  for (const text of ['one ', 'two ', 'three']) {
    sendText(scene, text);
    await pause(15);
  }
  finish(scene);
}

function openStream({ response }: Scene): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
}

function sendText(scene: Scene, content: string): void {
  scene.response.write(asEvent(scene, textFields(content)));
}

function finish(scene: Scene): void {
  scene.response.write(asEvent(scene, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
  if (scene.body.stream_options?.include_usage) scene.response.write(asEvent(scene, { choices: [], usage }));
  scene.response.end('data: [DONE]\n\n');
}

function textFields(content: string): object {
  return { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

function asEvent({ body }: Scene, fields: object): string {
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: body.model, ...fields };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function refuse({ response }: Scene, status: number, error: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { type: 'invalid_request_error', param: null, ...error } }));
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
