import { GatewayError } from '../errors.ts';
import type { Vector } from './embeddings.ts';

/** The vectors of a reply, checked: one for each input, of numbers or base64. */
export function checkVectors(vectors: unknown[], count: number): Vector[] {
  if (vectors.length !== count) {
    throw new GatewayError('upstream', `The provider answered with ${vectors.length} embeddings for ${count} inputs.`);
  }
  if (vectors.every(isVector)) return vectors;
  throw new GatewayError('upstream', 'The provider answered with an embedding that is no list of numbers.');
}

const isVector = (value: unknown): value is Vector =>
  typeof value === 'string'
    ? value !== ''
    : Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number');
