import * as z from 'zod';
import { defined } from '../../../chat/defined.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import {
  type EmbeddingInputs,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  encodeVector,
} from '../../../vectors/embeddings.ts';
import { checked } from '../../kit/checked.ts';
import { OPENAI_CHAT } from '../names.ts';

const MOST_INPUTS = 2048;

/** `input` is checked by hand: a schema's walk over a hundred thousand tokens costs more than the answer. */
const wire = z.looseObject({
  model: z.string().min(1, 'it must name a model'),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().nullish(),
  user: z.string().nullish(),
  /** Ours: what the vectors are for, where the provider wants to know. */
  input_type: z.string().nullish(),
});

const known: ReadonlySet<string> = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user', 'input_type']);

/** Reads a caller's request for embeddings, or refuses it naming the field. */
export function readEmbeddingsRequest(body: JsonObject): EmbeddingsRequest {
  const { model, encoding_format: encoding, dimensions, user, input_type: purpose } = checked(wire, body);
  const rest = Object.entries(body).filter(([name, value]) => !known.has(name) && value != null);
  return {
    model,
    inputs: readInputs(body.input),
    encoding: encoding ?? 'float',
    ...defined({
      dimensions,
      endUser: user,
      purpose,
      native: rest.length === 0 ? undefined : { dialect: OPENAI_CHAT, fields: Object.fromEntries(rest) },
    }),
  };
}

function readInputs(input: unknown): EmbeddingInputs {
  if (input == null) throw refusal('input', "Missing required parameter: 'input'.", 'missing_required_parameter');
  if (typeof input === 'string') return { type: 'texts', texts: [readText(input, 'input')] };
  if (!Array.isArray(input)) throw wrongType('input');
  if (input.length === 0) throw refusal('input', "Invalid 'input': input cannot be an empty array.", 'empty_array');
  if (typeof input[0] === 'number') return { type: 'tokens', lists: [readTokens(input, 'input')] };
  if (input.length > MOST_INPUTS) {
    throw refusal(
      'input',
      `Invalid 'input': expected at most ${MOST_INPUTS} inputs, but got ${input.length} instead.`,
      'array_above_max_length',
    );
  }
  if (Array.isArray(input[0])) {
    return { type: 'tokens', lists: input.map((list, index) => readTokens(list, `input[${index}]`)) };
  }
  return { type: 'texts', texts: input.map((text, index) => readText(text, `input[${index}]`)) };
}

function readText(value: unknown, param: string): string {
  if (typeof value !== 'string') throw wrongType(param);
  if (value === '') throw refusal(param, `Invalid '${param}': input cannot be an empty string.`);
  return value.toWellFormed();
}

function readTokens(value: unknown, param: string): number[] {
  if (!Array.isArray(value)) throw wrongType(param);
  if (value.length === 0) throw refusal(param, `Invalid '${param}': input cannot be an empty array.`, 'empty_array');
  const wrong = value.findIndex((token) => !Number.isSafeInteger(token) || token < 0);
  if (wrong !== -1)
    throw refusal(
      `${param}[${wrong}]`,
      `Invalid '${param}[${wrong}]': expected a token, a whole number from 0.`,
      'invalid_type',
    );
  return value;
}

const wrongType = (param: string): GatewayError =>
  refusal(
    param,
    `Invalid '${param}': expected a string, a list of strings, of tokens, or of lists of tokens.`,
    'invalid_type',
  );

const refusal = (param: string, message: string, code = 'invalid_value'): GatewayError =>
  new GatewayError('invalid_request', message, { param, code });

/** Writes a whole reply for a caller, every vector in the encoding it asked for. */
export function writeEmbeddingsReply(reply: EmbeddingsReply, { model, encoding }: EmbeddingsRequest): JsonObject {
  const tokens = reply.usage?.input ?? 0;
  return {
    object: 'list',
    data: reply.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(vector, encoding),
    })),
    model: reply.model ?? model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
