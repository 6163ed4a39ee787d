import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialects } from '../faults/answers.ts';
import { answers, bomb, flood, head, openingOf } from '../faults/plays.ts';
import { type Play, startFaulty } from '../faults/upstream.ts';
import { bodies, toolCallStream } from './attack-bodies.ts';

/** What is sent to a gateway, and what its provider answers. */
export interface Attack {
  name: string;
  /** Caller's path, and the dialect of the provider behind. */
  path: string;
  provider: string;
  play: Play;
  body(model: string): object | string | Buffer;
  /** So often, one after the other; at once where callers stall. 1 unless given. */
  times?: number;
  /** Callers who never read what they get; then the attack lasts so long. */
  stallsForMs?: number;
  config?: object;
  prepare?: () => Promise<{ config: object; body(model: string): object; close(): void }>;
}

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const well: Play = answers(({ pieces }) => pieces);

const flooding = (bytes: Buffer, most: number, headers: Record<string, string> = { connection: 'close' }): Play => ({
  async asked(scene) {
    await scene.write(head(200, { 'content-type': scene.answer.contentType, ...headers }));
    await flood(scene, bytes, most);
    scene.socket.end();
  },
});

const tinyChunks = flooding(Buffer.from('1\r\n:\r\n'.repeat(10_000)), 100_000_000, { 'transfer-encoding': 'chunked' });
const informational: Play = {
  async asked(scene) {
    await flood(scene, Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(1_000)), 400_000_000);
    scene.socket.end();
  },
};

const brackets = Buffer.alloc(10_000_000, '[');
const line = Buffer.concat([Buffer.from('data: '), Buffer.alloc(1_000_000, 'a')]);
const comments = Buffer.from(`: ${'c'.repeat(1_000)}\n\n`.repeat(64));
const gzipBomb: Play = answers((answer) => [bomb(300_000_000, openingOf(answer))], undefined, {
  'content-encoding': 'gzip',
});
const text = Buffer.from(
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${'w'.repeat(4_000)}"},"finish_reason":null}]}\n\n`,
);

const textEnd = Buffer.from(
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
);
const chineseText = Buffer.from(text.toString().replaceAll('wwww', '日本語話'));
const namelessArguments = Buffer.from(
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"${'a'.repeat(4_000)}"}}]},"finish_reason":null}]}\n\n`,
);

export const attacks: readonly Attack[] = [
  { name: 'nothing: an answer that is well', path: chat, provider: 'openai-chat', play: well, body: bodies.stream },
  {
    name: '60 image addresses of 4 MB each',
    path: chat,
    provider: 'gemini',
    play: well,
    body: bodies.whole,
    prepare: sixtyImages,
  },
  {
    name: 'an image of 6 MB in percent escapes',
    path: chat,
    provider: 'gemini',
    play: well,
    body: bodies.escapedImage,
  },
  { name: 'gzip bomb of 300 MB, whole', path: chat, provider: 'openai-chat', play: gzipBomb, body: bodies.whole },
  {
    name: 'gzip bomb of 300 MB, stream',
    path: messages,
    provider: 'openai-chat',
    play: gzipBomb,
    body: bodies.messagesStream,
  },
  {
    name: '400 MB line, bytes pass',
    path: chat,
    provider: 'openai-chat',
    play: flooding(line, 400_000_000),
    body: bodies.stream,
  },
  {
    name: '400 MB line, translated',
    path: messages,
    provider: 'openai-chat',
    play: flooding(line, 400_000_000),
    body: bodies.messagesStream,
  },
  {
    name: '400 MB whole reply',
    path: chat,
    provider: 'openai-chat',
    play: flooding(line, 400_000_000),
    body: bodies.whole,
  },
  {
    name: '400 MB of comments',
    path: chat,
    provider: 'openai-chat',
    play: flooding(comments, 400_000_000),
    body: bodies.stream,
  },
  {
    name: '400 MB of events without content',
    path: chat,
    provider: 'openai-chat',
    play: flooding(Buffer.from('data: {"choices":[]}\n\n'.repeat(3_000)), 400_000_000),
    body: bodies.stream,
  },
  {
    name: '400 MB of events without data',
    path: chat,
    provider: 'openai-chat',
    play: flooding(Buffer.from('data\n\n'.repeat(10_000)), 400_000_000),
    body: bodies.stream,
  },
  {
    name: '100 MB of chunks of one byte, stream',
    path: chat,
    provider: 'openai-chat',
    play: tinyChunks,
    body: bodies.stream,
  },
  {
    name: '100 MB of chunks of one byte, whole',
    path: chat,
    provider: 'openai-chat',
    play: tinyChunks,
    body: bodies.whole,
  },
  {
    name: '400 MB of informational answers',
    path: chat,
    provider: 'openai-chat',
    play: informational,
    body: bodies.whole,
  },
  {
    name: '10 MB of [ as a reply',
    path: chat,
    provider: 'openai-chat',
    play: answers(() => [brackets]),
    body: bodies.whole,
  },
  {
    name: '10 MB of [ as an event',
    path: messages,
    provider: 'openai-chat',
    play: answers(() => ['data: ', brackets, '\n\n']),
    body: bodies.messagesStream,
  },
  {
    name: '10 MB of [ as an event, bytes pass',
    path: chat,
    provider: 'openai-chat',
    play: answers(() => ['data: ', brackets, '\n\n']),
    body: bodies.stream,
  },
  { name: '10 MB of [ as a request', path: chat, provider: 'openai-chat', play: well, body: () => brackets },
  {
    name: '400 MB of text, kept for the end of a response',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: flooding(text, 400_000_000),
    body: bodies.responsesStream,
  },
  {
    name: '400 MB of Chinese text, kept for the end of a response',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: flooding(chineseText, 400_000_000),
    body: bodies.responsesStream,
  },
  {
    name: '3.7 MB of text, repeated at the end of a response',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: answers(() => [...Array.from({ length: 925 }, () => text), textEnd]),
    body: bodies.responsesStream,
  },
  {
    name: 'arguments of a call that has no name',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: flooding(namelessArguments, 400_000_000),
    body: bodies.responsesStream,
  },
  {
    name: '20 callers who do not read',
    path: chat,
    provider: 'openai-chat',
    play: flooding(text, 20_000_000),
    body: bodies.stream,
    times: 20,
    stallsForMs: 6_000,
  },
  {
    name: '120,000 short messages, translated',
    path: chat,
    provider: 'anthropic',
    play: well,
    body: bodies.shortMessages,
  },
  {
    name: '120,000 short messages, bytes pass',
    path: chat,
    provider: 'openai-chat',
    play: well,
    body: bodies.shortMessages,
  },
  {
    name: '10,000 tool calls in a stream',
    path: messages,
    provider: 'openai-chat',
    play: answers(() => toolCallStream(10_000)),
    body: bodies.messagesStream,
  },
  { name: '10,000 tool calls in a request', path: chat, provider: 'anthropic', play: well, body: bodies.toolCalls },
  {
    name: '7,000 names of tools that collide with those of 250 groups',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: well,
    body: bodies.collidingNames,
  },
  {
    name: '1,000 tools in a group whose name has 100,000 characters',
    path: '/v1/responses',
    provider: 'openai-chat',
    play: well,
    body: bodies.longGroup,
  },
  {
    name: '120 KB of NaN',
    path: messages,
    provider: 'openai-chat',
    play: answers(() => [`{"a":"${'\\"'.repeat(60_000)} NaN`]),
    body: bodies.messages,
  },
  {
    name: '30 bodies of 5 MB with odd names',
    path: messages,
    provider: 'openai-chat',
    play: well,
    body: bodies.oddNames,
    times: 30,
  },
];

/** A host of images for callers who name them by address. */
async function sixtyImages() {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(4_000_000)]);
  const server = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const image = (at: number) => ({ type: 'image_url', image_url: { url: `http://${host}/${at}.png` } });
  return {
    config: { media: { trustedHosts: [host] } },
    body: (model: string) => ({
      model,
      messages: [{ role: 'user', content: Array.from({ length: 60 }, (_, at) => image(at)) }],
    }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The provider of an attack, and a configuration for it. */
export async function startAttacked({
  provider,
  play,
}: Attack): Promise<{ providers: object; model: string; close(): Promise<void> }> {
  const upstream = await startFaulty(play);
  const dialect = dialects.find(({ name }) => name === provider)!;
  return { providers: { p: dialect.config(`${upstream.url}/${provider}`) }, model: 'p/gpt-4o', close: upstream.close };
}
