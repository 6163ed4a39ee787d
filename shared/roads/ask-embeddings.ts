import { inParallel } from '../async/in-parallel.ts';
import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import { chatPathOf } from '../catalog/catalog.ts';
import { estimateTokens, type Usage } from '../chat/usage.ts';
import type { EmbeddingsDialect } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { scanned } from '../http/json.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { readWhole } from '../upstream/read-whole.ts';
import {
  type EmbeddingInputs,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  inputCount,
  splitInputs,
} from '../vectors/embeddings.ts';
import { checkDropped } from './answer.ts';
import type { RoadPorts } from './ports.ts';

/** Some models take one text a call; a long list of them must not open a connection each. */
const CALLS_AT_ONCE = 8;

export interface EmbeddingsAnswer {
  /** What the caller gets: the provider's own bytes where they are as asked for, else the reply to be written. */
  answer: { bytes: Uint8Array } | { reply: EmbeddingsReply };
  dropped: string[];
}

interface EmbeddingsAttempt {
  call: Call;
  attempt: Attempt;
  request: EmbeddingsRequest;
  dialect: EmbeddingsDialect;
}

/** The vectors for all inputs from one target, in as many calls as it needs. Its meter counts every call that was answered. */
export async function askEmbeddings(asked: EmbeddingsAttempt, ports: RoadPorts): Promise<EmbeddingsAnswer | Refusal> {
  const { attempt, request, dialect } = asked;
  const { target, meter } = attempt;
  let total: Usage | undefined;
  const addUsed = (usage: Usage): void => {
    total = total ? addUsage(total, usage) : usage;
    meter.seeUsage(total);
  };
  const metered = { ...asked, addUsed };
  try {
    const pieces = splitInputs(request.inputs, target.traits.embeddingsBatch ?? dialect.mostInputs(target));
    const isSame = asked.call.dialect.name === target.provider.dialect.name;
    if (pieces.length === 1 && dialect.pass && isSame) return await askPassing(metered, ports);
    const replies = await inParallel(pieces, CALLS_AT_ONCE, (inputs) => askPiece(metered, inputs, ports));
    if (isRefusal(replies)) return replies;
    return { answer: { reply: joined(replies) }, dropped: replies[0]?.dropped ?? [] };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

type MeteredAttempt = EmbeddingsAttempt & { addUsed: (usage: Usage) => void };

/** The short road: the caller's bytes go and the provider's come back, unless it answered in the other encoding. */
async function askPassing(asked: MeteredAttempt, ports: RoadPorts): Promise<EmbeddingsAnswer | Refusal> {
  const { request, dialect, call, attempt } = asked;
  const { body: edited, dropped } = dialect.pass!(call.body, attempt.target);
  checkDropped(dropped, ports.config);
  const reply = await askOnce(asked, request.inputs, { headers: {}, body: edited }, ports);
  if (isRefusal(reply)) return reply;
  const isAsAsked = reply.vectors.every((vector) => (typeof vector === 'string') === (request.encoding === 'base64'));
  return { answer: isAsAsked && reply.counted ? { bytes: reply.bytes } : { reply }, dropped };
}

type Counted = EmbeddingsReply & { usage: Usage; bytes: Uint8Array; counted: boolean };

async function askPiece(
  asked: MeteredAttempt,
  inputs: EmbeddingInputs,
  ports: RoadPorts,
): Promise<(Counted & { dropped: string[] }) | Refusal> {
  const { dropped, ...request } = asked.dialect.writeRequest({ ...asked.request, inputs }, asked.attempt.target);
  checkDropped(dropped, ports.config);
  const reply = await askOnce(asked, inputs, request, ports);
  return isRefusal(reply) ? reply : { ...reply, dropped };
}

async function askOnce(
  { attempt, dialect, addUsed }: MeteredAttempt,
  inputs: EmbeddingInputs,
  request: { headers: Record<string, string>; body: Uint8Array },
  ports: RoadPorts,
): Promise<Counted | Refusal> {
  const { target } = attempt;
  const path = dialect.path({ model: target.model, chatPath: chatPathOf(target) });
  const reply = await callProvider(attempt, { ...request, path, stream: false }, ports);
  if (isRefusal(reply)) return reply;
  // Vectors are millions of digits: to keep the rare long integer exact would cost a call for each of them.
  const { replyBytes, values } = ports.config.limits;
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values, parse: scanned.json });
  if (isRefusal(whole)) return whole;
  try {
    const read = dialect.readReply(whole.value, { count: inputCount(inputs), headers: reply.headers });
    const usage = read.usage ?? estimated(inputs);
    addUsed(usage);
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

/** The usage of separate calls: their counts add up. */
const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: 0,
  ...(a.estimated || b.estimated ? { estimated: true } : {}),
});
