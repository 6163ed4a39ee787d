import type { Reasoning } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { effortOfBudget, isThinkingOff } from '../../kit/thinking.ts';
import type { ModelTraits } from './models.ts';

/** Tokens by level, as Google's own compatible endpoint has them: not those of the kit, which are for Claude's ranges. */
const tokens: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};

/** Levels by what callers say, from the most that the model should think to the least. */
const ranks: Readonly<Record<string, readonly string[]>> = {
  max: ['HIGH'],
  xhigh: ['HIGH'],
  high: ['HIGH'],
  medium: ['MEDIUM', 'HIGH'],
  low: ['LOW'],
  minimal: ['MINIMAL', 'LOW'],
  none: ['MINIMAL', 'LOW'],
};

/**
 * How the model is asked to think, at the level nearest to what was asked; nothing where it cannot. Models that cannot be kept
 * from thinking think as little as they can.
 * @see https://ai.google.dev/gemini-api/docs/thinking
 */
export function writeThinking(
  reasoning: Reasoning,
  modelTraits: ModelTraits,
  maxTokens: number | undefined,
): JsonObject | undefined {
  if (modelTraits.thinking === 'none') return undefined;
  const { effort, budget } = reasoning;
  const isOff = isThinkingOff(reasoning);
  if (modelTraits.thinking === 'levels') {
    const asked = isOff ? 'none' : (effort ?? (budget === undefined ? undefined : effortOfBudget(budget)));
    const level = asked === undefined ? undefined : levelOf(asked, modelTraits.levels);
    return { ...(isOff ? {} : { includeThoughts: true }), ...(level ? { thinkingLevel: level } : {}) };
  }
  if (isOff) return { thinkingBudget: modelTraits.budget.off };
  const wanted = budget ?? (effort === undefined ? undefined : (tokens[effort] ?? tokens.medium!));
  if (wanted === undefined) return { includeThoughts: true };
  return { includeThoughts: true, thinkingBudget: within(wanted, modelTraits.budget, maxTokens) };
}

function levelOf(asked: string, levels: readonly string[]): string {
  const wanted = Object.hasOwn(ranks, asked) ? ranks[asked]! : ranks.medium!;
  return wanted.find((level) => levels.includes(level)) ?? 'HIGH';
}

/** Thinking counts against the answer's bound: it must leave room for a token. */
function within(wanted: number, { least, most }: ModelTraits['budget'], maxTokens = Number.POSITIVE_INFINITY): number {
  return Math.max(least, Math.min(wanted, most, maxTokens - 1));
}
