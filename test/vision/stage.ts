import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Asked,
  asksUsage,
  chunk,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../support/provider.ts';

/** A PNG without valid pixels, recognized by its first bytes; each seed gives another image. */
export function png(seed: string | number, bytes = 200): Buffer {
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(bytes, `${seed} `)]);
}

export const dataUrl = (image: Buffer): string => `data:image/png;base64,${image.toString('base64')}`;
export const sha256 = (image: Buffer): string => createHash('sha256').update(image).digest('hex');

/** What the vision model says of an image: the image's own digest, so that every description is different. */
export const wordsFor = (image: Buffer): string => `A test card that carries the digest ${sha256(image)}.`;

type Content = { type: string; text?: string; image_url?: { url: string } }[];
export interface AskedMessage {
  role: string;
  content: string | Content | null;
}

export const messagesOf = ({ body }: Asked): AskedMessage[] => body.messages as AskedMessage[];

/** All text of a message or of all of them. */
export const textOf = (asked: Asked): string =>
  messagesOf(asked)
    .map(({ content }) => (Array.isArray(content) ? content.map(({ text = '' }) => text).join('\n') : (content ?? '')))
    .join('\n');

function imageIn(asked: Asked): Buffer {
  const part = messagesOf(asked)
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .find(({ type }) => type === 'image_url');
  return Buffer.from(part!.image_url!.url.split(',')[1]!, 'base64');
}

export interface Stage {
  /** Sees: describes every image it is shown. */
  eyes: TestProvider;
  /** Does not see, and calls the first of the tools it is given. */
  mind: TestProvider;
  /** Serves images by address, counts fetches and knows their tags. */
  images: { host: string; asked: string[]; serve: Map<string, Buffer>; close(): void };
  /** What the eyes do with a request instead of describing; nothing unless set. */
  script: { eyes?: ((asked: Asked, response: http.ServerResponse) => boolean | Promise<boolean>) | undefined };
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const script: Stage['script'] = {};
  const eyes = await startProvider(async (asked, response) => {
    if (await script.eyes?.(asked, response)) return;
    sendJson(response, 200, completion(wordsFor(imageIn(asked))));
  });
  const mind = await startProvider((asked, response) => {
    const tools = asked.body.tools as { function: { name: string } }[] | undefined;
    const last = messagesOf(asked).at(-1);
    const calls = tools && last?.role === 'user';
    if (asked.body.stream === true) {
      startStream(response);
      for (const piece of calls
        ? callStream(tools[0]!.function.name)
        : textStream(['I ', 'read ', 'it.'], asksUsage(asked)))
        response.write(piece);
      return void response.end();
    }
    if (!calls) return sendJson(response, 200, completion('I read it.'));
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: tools[0]!.function.name, arguments: '{"q":"x"}' },
    };
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: [call] };
    sendJson(
      response,
      200,
      completion('', { choices: [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }] }),
    );
  });
  const images = await serveImages();
  return {
    eyes,
    mind,
    images,
    script,
    async close() {
      images.close();
      await Promise.all([eyes.close(), mind.close()]);
    },
  };
}

const callStream = (name: string): string[] => [
  chunk({
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"q":"x"}' } }] }),
  chunk({}, 'tool_calls'),
  'data: [DONE]\n\n',
];

async function serveImages(): Promise<Stage['images']> {
  const asked: string[] = [];
  const serve = new Map<string, Buffer>();
  const server = http.createServer((request, response) => {
    const image = serve.get(request.url ?? '');
    if (!image) return void response.writeHead(404).end();
    const etag = `"${sha256(image).slice(0, 8)}"`;
    const known = request.headers['if-none-match'] === etag;
    asked.push(known ? `304 ${request.url}` : `200 ${request.url}`);
    if (known) return void response.writeHead(304).end();
    response.writeHead(200, { 'content-type': 'image/png', etag }).end(image);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    serve,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A configuration with a model that does not see and one that does. */
export function definitionOf({ eyes, mind, images }: Stage, vision: object = {}, own: object = {}): object {
  return {
    providers: {
      eyes: { baseUrl: `${eyes.url}/v1`, auth: 'none' },
      mind: { baseUrl: `${mind.url}/v1`, auth: 'none' },
    },
    models: { thinker: { targets: 'mind/text-1', sees: false, vision: 'eyes/vision-1' }, ...own },
    media: { trustedHosts: [images.host] },
    vision,
  };
}
