import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tryParseJson } from '../../shared/http/json.ts';
import { type Answer, dialects, type ProviderDialect } from '../faults/answers.ts';
import { type ClientPath, clientPaths } from '../faults/paths.ts';
import { broken, cut, reframed } from './framing.ts';
import { mutatedJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import type { Round, Scripted } from './stage.ts';

export const fuzzers = ['requests', 'answers', 'frames'] as const;
export type Fuzzer = (typeof fuzzers)[number];

interface Seed {
  client: ClientPath['name'];
  body: Record<string, unknown>;
}

const folder = path.join(import.meta.dirname, 'corpus/requests');
const seeds: readonly Seed[] = readdirSync(folder).map((file) =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
);

/** One round of a fuzzer: the same for the same random numbers. */
export function roundOf(fuzzer: Fuzzer, position: number, random: Random): Round {
  const id = `fuzz-${position}-`;
  const provider = random.pick(dialects);
  const stream = random.chance(0.6);
  return fuzzer === 'requests'
    ? requestRound(id, provider, stream, random)
    : answerRound(fuzzer, id, provider, stream, random);
}

function requestRound(id: string, provider: ProviderDialect, stream: boolean, random: Random): Round {
  const seed = random.pick(seeds);
  const model = `${provider.name}/${id}m`;
  const client = clientPaths.find(({ name }) => name === seed.client)!;
  // Of some callers the path says the model, and whether a stream is asked for.
  const valid = client.name === 'gemini' ? seed.body : { ...seed.body, model, stream };
  const body = random.chance(0.1) ? JSON.stringify(valid) : mutatedJson(valid, random);
  const refusal = random.chance(0.1) ? refusalOf(random) : undefined;
  return {
    ...{ client, provider, stream, body },
    path: client.path(model, stream),
    answer: (call) => refusal ?? scripted(wellAnswer(provider, call.path, call.body), random),
    expect: {
      provider: refusal ? 'refuses' : 'well',
      loose: false,
      hasBadText: false,
      finishEnds: false,
      // With `echo` the prompt comes first.
      ...(/"echo":(?!false)/.test(body) ? {} : { text: 'beginning' as const }),
    },
  };
}

function answerRound(
  fuzzer: 'answers' | 'frames',
  id: string,
  provider: ProviderDialect,
  stream: boolean,
  random: Random,
): Round {
  const client = random.pick(clientPaths);
  const model = `${provider.name}/${id}m`;
  const body = JSON.stringify(client.body(model, stream));
  const base = { provider, stream, body, client, path: client.path(model, stream) };
  const kind = random.below(10);
  if (kind === 0) {
    const refusal = refusalOf(random);
    return {
      ...base,
      answer: () => refusal,
      expect: { provider: 'refuses', loose: false, hasBadText: false, finishEnds: false },
    };
  }
  if (kind < 4) {
    const answer: Round['answer'] = (call) => scripted(wellAnswer(provider, call.path, call.body), random);
    return {
      ...base,
      answer,
      expect: { provider: 'well', loose: false, hasBadText: false, finishEnds: false, text: 'whole' },
    };
  }
  const change = fuzzer === 'answers' ? changedEvents : brokenBytes;
  return {
    ...base,
    answer: (call) => change(wellAnswer(provider, call.path, call.body), random),
    expect: { provider: 'odd', loose: client.passes === provider.name, hasBadText: true, finishEnds: true },
  };
}

const wellAnswer = (provider: ProviderDialect, path: string, body: string): Answer =>
  provider.streams(path, body) ? provider.stream() : provider.whole();

const scripted = (answer: Answer, random: Random): Scripted => ({
  contentType: answer.contentType,
  pieces: cut(Buffer.concat(reframed(answer, random)), random),
});

function refusalOf(random: Random): Scripted {
  const error = { error: { message: 'No.', type: 'no', code: null } };
  const status = random.pick([400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529]);
  const text = random.chance(0.3) ? mutatedJson(error, random) : JSON.stringify(error);
  return { status, contentType: 'application/json', pieces: [Buffer.from(text)] };
}

/** Events of other contents, in another order, missing or doubled. */
function changedEvents(answer: Answer, random: Random): Scripted {
  let pieces = [...answer.pieces];
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(pieces.length);
    const piece = pieces[at] ?? Buffer.alloc(0);
    const kind = random.below(6);
    if (kind === 0) pieces.splice(at, 1);
    else if (kind === 1) pieces.splice(random.below(pieces.length), 0, piece);
    else if (kind === 2) pieces.splice(at, 0, random.chance(0.5) ? answer.error : answer.ping);
    else if (kind === 3) pieces = pieces.slice(0, at);
    else pieces[at] = changedEvent(piece, answer, random);
  }
  return { contentType: answer.contentType, pieces: cut(Buffer.concat(pieces), random) };
}

function changedEvent(piece: Buffer, { streamed, contentType }: Answer, random: Random): Buffer {
  if (streamed && !contentType.startsWith('text/')) return broken(piece, random);
  const text = piece.toString('utf8');
  const json = streamed ? /^data: (\{.*\})$/m.exec(text)?.[1] : text;
  const value = json && tryParseJson(json);
  // It was changed before, into something that is no JSON.
  if (!value) return piece;
  return Buffer.from(text.replace(json, () => mutatedJson(value, random)));
}

const brokenBytes = (answer: Answer, random: Random): Scripted => ({
  contentType: answer.contentType,
  pieces: cut(broken(Buffer.concat(reframed(answer, random)), random), random),
});
