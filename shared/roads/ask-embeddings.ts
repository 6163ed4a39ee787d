import { inParallel } from '../async/in-parallel.ts';
import type { Target } from '../catalog/catalog.ts';
import { estimateTokens, type Usage } from '../chat/usage.ts';
import type { EmbeddingsDialect } from '../dialects/dialect.ts';
import { writeEmbeddingsReply } from '../dialects/openai-chat/client/embeddings.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { type JsonBody, tryParseJson } from '../http/json.ts';
import { encodeText } from '../http/message.ts';
import { ask, type Exchange, readWhole } from '../upstream/ask.ts';
import {
  type EmbeddingInputs,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  inputCount,
  splitInputs,
} from '../vectors/embeddings.ts';
import { checkDropped } from './roads.ts';

/** Some models take one text a call; a long list of them must not open a connection each. */
const CALLS_AT_ONCE = 8;

export interface EmbeddingsPassage extends Exchange {
  body: JsonBody;
  request: EmbeddingsRequest;
  /** Told of every call that was answered, whatever becomes of the others: it is paid for. */
  paid: (usage: Usage) => void;
}

export interface EmbeddingsAnswer {
  body: Uint8Array;
  dropped: string[];
}

/** The vectors for all inputs from one target, in as many calls as it needs. */
export async function askEmbeddings(
  passage: EmbeddingsPassage,
  target: Target,
  dialect: EmbeddingsDialect,
): Promise<EmbeddingsAnswer | Refusal> {
  try {
    const { request } = passage;
    const pieces = splitInputs(request.inputs, target.traits.embeddingsBatch ?? dialect.mostInputs(target));
    if (pieces.length === 1 && dialect.pass) return await askPassing(passage, target, dialect);
    const replies = await inParallel(pieces, CALLS_AT_ONCE, (inputs) => askPiece({ passage, target, dialect, inputs }));
    if (isRefusal(replies)) return replies;
    return { body: written(joined(replies), request), dropped: replies[0]?.dropped ?? [] };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** The short road: the caller's bytes go and the provider's come back, unless it answered in the other encoding. */
async function askPassing(
  passage: EmbeddingsPassage,
  target: Target,
  dialect: EmbeddingsDialect,
): Promise<EmbeddingsAnswer | Refusal> {
  const { request, body } = passage;
  const { inputs } = request;
  const { body: edited, dropped } = dialect.pass!(body, target);
  checkDropped(dropped, passage.parts);
  const reply = await call({ passage, target, dialect, inputs }, { headers: {}, body: edited });
  if (isRefusal(reply)) return reply;
  const isAsAsked = reply.vectors.every((vector) => (typeof vector === 'string') === (request.encoding === 'base64'));
  return { body: isAsAsked && reply.counted ? reply.bytes : written(reply, request), dropped };
}

interface Piece {
  passage: EmbeddingsPassage;
  target: Target;
  dialect: EmbeddingsDialect;
  inputs: EmbeddingInputs;
}

type Counted = EmbeddingsReply & { usage: Usage; bytes: Uint8Array; counted: boolean };

async function askPiece(piece: Piece): Promise<(Counted & { dropped: string[] }) | Refusal> {
  const { passage, target, dialect, inputs } = piece;
  const { dropped, ...request } = dialect.writeRequest({ ...passage.request, inputs }, target);
  checkDropped(dropped, passage.parts);
  const reply = await call(piece, request);
  return isRefusal(reply) ? reply : { ...reply, dropped };
}

async function call(
  { passage, target, dialect, inputs }: Piece,
  request: { headers: Record<string, string>; body: Uint8Array },
): Promise<Counted | Refusal> {
  const { provider, model } = target;
  const chatPath = provider.path?.replace('{model}', encodeURIComponent(model));
  const reply = await ask(passage, target, { ...request, path: dialect.path({ model, chatPath }) });
  if (isRefusal(reply)) return reply;
  // Vectors are millions of digits: to keep the rare long integer exact would cost a call for each of them.
  const whole = await readWhole(reply, tryParseJson);
  if (isRefusal(whole)) return whole;
  try {
    const read = dialect.readReply(whole.value, { count: inputCount(inputs), headers: reply.headers });
    const usage = read.usage ?? estimated(inputs);
    passage.paid(usage);
    return { ...read, usage, counted: read.usage !== undefined, bytes: whole.bytes };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

function estimated(inputs: EmbeddingInputs): Usage {
  if (inputs.type === 'tokens') return { input: inputs.lists.flat().length, output: 0 };
  const bytes = inputs.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { input: estimateTokens(bytes), output: 0, estimated: true };
}

function joined(replies: readonly Counted[]): EmbeddingsReply {
  const model = replies[0]?.model;
  return {
    vectors: replies.flatMap(({ vectors }) => vectors),
    usage: replies.map(({ usage }) => usage).reduce(addUsage),
    ...(model === undefined ? {} : { model }),
  };
}

/** Calls that were answered each for themselves: their counts add up. */
export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: 0,
  ...(a.estimated || b.estimated ? { estimated: true } : {}),
});

const written = (reply: EmbeddingsReply, request: EmbeddingsRequest): Uint8Array =>
  encodeText(JSON.stringify(writeEmbeddingsReply(reply, request)));
