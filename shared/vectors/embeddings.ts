import type { Native } from '../chat/request.ts';
import type { Usage } from '../chat/usage.ts';

/** Texts to be turned into vectors, or texts that the caller has cut into tokens already. */
export type EmbeddingInputs = { type: 'texts'; texts: string[] } | { type: 'tokens'; lists: number[][] };

export interface EmbeddingsRequest {
  model: string;
  inputs: EmbeddingInputs;
  encoding: VectorEncoding;
  /** Length of the vectors, where the model lets one choose. */
  dimensions?: number;
  /** What the vectors are for: `search_document`, `search_query`, `classification`, `clustering`. */
  purpose?: string;
  endUser?: string;
  native?: Native;
}

export type VectorEncoding = 'float' | 'base64';

/** Numbers, or the same as base64 of 32-bit floats, little end first. */
export type Vector = number[] | string;

export interface EmbeddingsReply {
  /** One for each input, in the order of the inputs. */
  vectors: Vector[];
  /** As the provider calls it. */
  model?: string;
  /** Absent where the provider counts nothing. */
  usage?: Usage;
}

export const inputCount = (inputs: EmbeddingInputs): number =>
  inputs.type === 'texts' ? inputs.texts.length : inputs.lists.length;

/** The inputs in pieces of at most this many, in order. */
export function splitInputs(inputs: EmbeddingInputs, most: number): EmbeddingInputs[] {
  const starts = Array.from({ length: Math.ceil(inputCount(inputs) / most) }, (_, piece) => piece * most);
  return starts.map((from) =>
    inputs.type === 'texts'
      ? { type: 'texts', texts: inputs.texts.slice(from, from + most) }
      : { type: 'tokens', lists: inputs.lists.slice(from, from + most) },
  );
}

/** The vector as it was asked for. */
export function encodeVector(vector: Vector, encoding: VectorEncoding): Vector {
  if (encoding === 'base64') return typeof vector === 'string' ? vector : toBase64(vector);
  return typeof vector === 'string' ? fromBase64(vector) : vector;
}

const FLOAT_BYTES = 4;

function toBase64(values: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(values.length * FLOAT_BYTES);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * FLOAT_BYTES);
  return bytes.toString('base64');
}

function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, index) =>
    bytes.readFloatLE(index * FLOAT_BYTES),
  );
}
