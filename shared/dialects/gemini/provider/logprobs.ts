import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/**
 * Log probabilities in the form callers know them. Gemini lists the chosen tokens, and beside them the likeliest at each step.
 * @see https://ai.google.dev/api/generate-content#LogprobsResult
 */
export function readLogprobs(result: unknown): unknown {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined;
  const tops = Array.isArray(result.topCandidates) ? result.topCandidates : [];
  const content = result.chosenCandidates.map((chosen, step) => {
    const top = isJsonObject(tops[step]) && Array.isArray(tops[step].candidates) ? tops[step].candidates : [];
    return { ...readToken(chosen), top_logprobs: top.map(readToken) };
  });
  return { content, refusal: null };
}

function readToken(wire: unknown): JsonObject {
  const { token, logProbability } = isJsonObject(wire) ? wire : {};
  const text = typeof token === 'string' ? token : '';
  // Zero is left out on the wire, as everywhere in this format.
  return {
    token: text,
    logprob: typeof logProbability === 'number' ? logProbability : 0,
    bytes: [...Buffer.from(text)],
  };
}
