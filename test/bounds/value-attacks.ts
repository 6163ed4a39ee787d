import { answers, flood, head } from '../faults/plays.ts';
import type { Play } from '../faults/upstream.ts';
import type { Attack } from './attacks.ts';

/** Bodies, replies and streams of very many small things: within their bytes, and beyond or just within their values. */

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const embeddings = '/v1/embeddings';
const hello = [{ role: 'user', content: 'Hello' }];
const asks = (stream: boolean) => (model: string) => ({ model, stream, max_tokens: 10, messages: hello });
const well: Play = answers(({ pieces }) => pieces);

const list = (item: string, count: number): string => `[${`${item},`.repeat(count).slice(0, -1)}]`;
const made = (count: number, item: (name: string) => string): string =>
  Array.from({ length: count }, (_, at) => item(at.toString(36))).join(',');

/** A body with one more field of this JSON text, which OpenAI's callers may send. */
const withField = (text: string) => (model: string) =>
  `{"model":"${model}","max_tokens":10,"messages":[{"role":"user","content":"Hello"}],"x_field":${text}}`;
const withMembers = (count: number) => (model: string) =>
  `{"model":"${model}","messages":[{"role":"user","content":"Hello"}],${made(count, (name) => `"x_${name}":1`)}}`;
const withSchema = (count: number) => (model: string) =>
  JSON.stringify({
    model,
    max_tokens: 10,
    messages: hello,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: 'HERE' } } }],
  }).replace('"HERE"', () => `{${made(count, (name) => `"${name}":{"type":"string"}`)}}`);

const replies = (text: string): Play => answers(() => [text]);
const choices = (count: number): string => `{"id":"c","model":"m","choices":${list('{"index":0}', count)}}`;
const withLogprobs = (text: string): string =>
  `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop","logprobs":{"content":${text}}}]}`;
const vectors = (count: number, length: number): string =>
  `{"object":"list","model":"m","data":[${made(count, () => `{"object":"embedding","index":0,"embedding":${list('-0.01234567', length)}}`)}],"usage":{"prompt_tokens":1,"total_tokens":1}}`;

const content =
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n';
/** The same bytes again and again behind the first event with content. */
const streams = (piece: string, most: number): Play => ({
  async asked(scene) {
    await scene.write(head(200, { 'content-type': 'text/event-stream', connection: 'close' }) + content);
    await flood(scene, Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length))), most);
    await scene.write(`${content.replace('null', '"stop"')}data: [DONE]\n\n`);
    scene.socket.end();
  },
});

interface Row {
  name: string;
  path?: string;
  provider?: string;
  play?: Play;
  body?: Attack['body'];
}
const row = ({ name, path = chat, provider = 'openai-chat', play = well, body = asks(false) }: Row): Attack => ({
  name,
  path,
  provider,
  play,
  body,
});

const bodiesOver: readonly Row[] = [
  { name: 'values: body of 700,000 members', body: withMembers(700_000) },
  { name: 'values: body of 700,000 names', body: withField(`[${made(700_000, (name) => `{"${name}":1}`)}]`) },
  { name: 'values: body of 10 MB of []', body: withField(list('[]', 3_300_000)) },
  { name: 'values: body of 10 MB of numbers', body: withField(list('1', 4_900_000)) },
  { name: 'values: body of 10 MB of colons', body: () => `{"a"${':'.repeat(9_900_000)}}` },
  { name: 'values: body of 10 MB of escaped quotes', body: withField(`"${'\\"'.repeat(4_900_000)}"`) },
];
const bodiesWithin: readonly Row[] = [
  { name: 'values: body of 90,000 members', body: withMembers(90_000) },
  { name: 'values: body of 90,000 names', body: withField(`[${made(85_000, (name) => `{"${name}":1}`)}]`) },
  {
    name: 'values: body of 85,000 names with halves',
    body: withField(`["\\\\ud83d",${made(85_000, (name) => `{"${name}":1}`)}]`),
  },
  { name: 'values: body of 390,000 texts', body: withField(`[${made(390_000, (name) => `"${name}"`)}]`) },
  { name: 'values: body of 600,000 []', body: withField(list('[]', 600_000)) },
  { name: 'values: body of 400,000 long integers', body: withField(list('12345678901234567890', 400_000)) },
  { name: 'values: schema of 60,000 members, bytes pass', body: withSchema(60_000) },
  { name: 'values: schema of 60,000 members, to anthropic', provider: 'anthropic', body: withSchema(60_000) },
  { name: 'values: schema of 60,000 members, to gemini', provider: 'gemini', body: withSchema(60_000) },
  {
    name: 'values: 300,000 token ids to embed',
    path: embeddings,
    play: replies(vectors(1, 100)),
    body: (model) => `{"model":"${model}","input":${list('12345', 300_000)}}`,
  },
];
/** One character that is not Latin-1 makes two bytes of every other one. */
const wide = `${'a'.repeat(9_900_000)}🎉`;
const digits = '9'.repeat(9_900_000);
const asksWide = (model: string) => ({ model, messages: [{ role: 'user', content: wide }] });
const wideReply = `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"${wide}"},"finish_reason":"stop"}]}`;
const justWithin: readonly Row[] = [
  { name: 'just within: number of 10 MB', body: withField(digits) },
  { name: 'just within: reply with a number of 10 MB', play: replies(withLogprobs(`[${digits}]`)) },
  ...['openai-chat', 'gemini', 'bedrock', 'cohere'].map((provider) => ({
    name: `just within: text of 10 MB with an emoji, to ${provider}`,
    provider,
    body: asksWide,
  })),
  { name: 'just within: reply of 10 MB with an emoji', play: replies(wideReply) },
  { name: 'just within: reply of 10 MB with an emoji, translated', path: messages, play: replies(wideReply) },
];
const fromProviders: readonly Row[] = [
  { name: 'values: reply of 800,000 choices', play: replies(choices(800_000)) },
  { name: 'values: reply of 420,000 choices', play: replies(choices(420_000)) },
  { name: 'values: reply of 420,000 choices, translated', path: messages, play: replies(choices(420_000)) },
  { name: 'values: reply of 2 million NaN', play: replies(withLogprobs(list('NaN', 2_000_000))) },
  { name: 'values: reply of 200,000 NaN', play: replies(withLogprobs(list('NaN', 200_000))) },
  {
    name: 'values: reply of 400,000 long integers',
    play: replies(withLogprobs(list('12345678901234567890', 900_000))),
  },
  {
    name: 'values: reply of 80,000 log probabilities',
    play: replies(withLogprobs(list('{"token":"a","logprob":-0.1,"bytes":[97]}', 80_000))),
  },
  {
    name: 'values: reply of 500 vectors of 1,536',
    path: embeddings,
    play: replies(vectors(500, 1536)),
    body: (model) => ({ model, input: Array.from({ length: 500 }, () => 'a') }),
  },
  { name: 'values: event of 700,000 choices', play: streams(`data: ${choices(700_000)}\n\n`, 1), body: asks(true) },
  { name: 'values: event of 420,000 choices', play: streams(`data: ${choices(420_000)}\n\n`, 1), body: asks(true) },
];
const floods: readonly Row[] = [
  ['comments', ':\n\n'],
  ['blank lines', '\n'],
  ['lines without an event', ':\n'],
  ['events without content', 'data: {"choices":[]}\n\n'],
  ['events of one letter', content],
].flatMap(([what, piece]) => [
  { name: `flood: 40 MB of ${what}, bytes pass`, play: streams(piece!, 40_000_000), body: asks(true) },
  { name: `flood: 40 MB of ${what}, translated`, path: messages, play: streams(piece!, 40_000_000), body: asks(true) },
]);

export const valueAttacks: readonly Attack[] = [
  ...bodiesOver,
  ...bodiesWithin,
  ...justWithin,
  ...fromProviders,
  ...floods,
].map(row);
