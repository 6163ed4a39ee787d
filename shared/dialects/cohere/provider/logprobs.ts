import { isJsonObject } from '../../../http/json.ts';

/** Cohere's pieces of text with the probabilities of their tokens, as the hub has them: a piece is one entry. */
export function readLogprobs(items: unknown): { content: object[] } | undefined {
  const list = (Array.isArray(items) ? items : [items]).filter(isJsonObject);
  if (list.length === 0) return undefined;
  const content = list.map(({ text, logprobs }) => ({
    token: typeof text === 'string' ? text : '',
    logprob: sum(Array.isArray(logprobs) ? logprobs : []),
    bytes: null,
    top_logprobs: [],
  }));
  return { content };
}

/** Probabilities multiply, their logarithms add up; one that is no number (an infinity in JSON is null) is the least. */
const sum = (values: unknown[]): number =>
  values.reduce<number>(
    (total, value) => total + (typeof value === 'number' && Number.isFinite(value) ? value : -9999),
    0,
  );
