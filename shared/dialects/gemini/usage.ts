import { defined } from '../../chat/defined.ts';
import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireUsage } from './wire.ts';

/**
 * Token counts as Gemini sends them. The prompt's count holds the cached tokens; thinking is counted beside the answer.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(counts: Unchecked<WireUsage>): Usage | undefined {
  const prompt = tokenCount(counts.promptTokenCount);
  const answer = tokenCount(counts.candidatesTokenCount);
  const thinking = tokenCount(counts.thoughtsTokenCount);
  if (prompt === undefined && answer === undefined && thinking === undefined) return undefined;
  const input = (prompt ?? 0) + (tokenCount(counts.toolUsePromptTokenCount) ?? 0);
  const output = outputOf(input, answer ?? 0, thinking ?? 0, tokenCount(counts.totalTokenCount));
  return {
    input,
    output,
    ...defined({
      cacheRead: some(tokenCount(counts.cachedContentTokenCount)),
      reasoning: some(Math.min(thinking ?? 0, output)),
      audioInput: some(audioOf(counts.promptTokensDetails)),
      audioOutput: some(audioOf(counts.candidatesTokensDetails)),
    }),
  };
}

/** Some models count the thinking within the answer; the total shows which. */
function outputOf(input: number, answer: number, thinking: number, total: number | undefined): number {
  const isWithin = thinking > 0 && thinking <= answer && total === input + answer;
  return isWithin ? answer : answer + thinking;
}

const some = (count: number | undefined): number | undefined => (count === 0 ? undefined : count);

function audioOf(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const audio = details.filter(isJsonObject).find(({ modality }) => modality === 'AUDIO');
  return tokenCount(audio?.tokenCount);
}

export function writeUsage({ input, output, reasoning = 0, cacheRead, audioInput }: Usage): JsonObject {
  return {
    promptTokenCount: input,
    candidatesTokenCount: Math.max(0, output - reasoning),
    totalTokenCount: input + output,
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    ...(cacheRead ? { cachedContentTokenCount: cacheRead } : {}),
    ...(audioInput
      ? {
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: Math.max(0, input - audioInput) },
            { modality: 'AUDIO', tokenCount: audioInput },
          ],
        }
      : {}),
  };
}
