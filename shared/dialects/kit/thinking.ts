import type { Reasoning } from '../../chat/request.ts';

/**
 * Tokens to think with for each level of effort, for models that take a number of tokens. One table, since
 * one model (Claude at Anthropic and on Bedrock) must think as hard at every provider; each dialect fits it to the model's bound.
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export const thinkingBudgets: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
};

/** Fewer tokens than these are a 400 at Anthropic and Bedrock. */
export const LEAST_BUDGET = 1024;

/** The tokens that a caller asks to think with, by number or by level; a level unknown here is `medium`. */
export const budgetOf = ({ effort = 'medium', budget }: Reasoning): number =>
  budget ?? (Object.hasOwn(thinkingBudgets, effort) ? thinkingBudgets[effort]! : thinkingBudgets.medium!);

/** The level of effort that a number of tokens amounts to: the nearest of the three that every vendor knows. */
export function effortOfBudget(budget: number): 'low' | 'medium' | 'high' {
  if (budget <= 4096) return 'low';
  return budget <= 12_288 ? 'medium' : 'high';
}

export const isThinkingOff = ({ enabled, effort }: Reasoning): boolean => enabled === false || effort === 'none';

/** How much of an answer's bound a mere level may think with; the rest is for the answer. */
const THINKING_SHARE = 0.75;

/** The bound that leaves room to think as much as a level stands for, where the caller gave no bound. */
export const boundFor = (reasoning: Reasoning): number =>
  reasoning.budget === undefined ? Math.ceil(budgetOf(reasoning) / THINKING_SHARE) : reasoning.budget + LEAST_BUDGET;

/**
 * A budget within the bound on the whole answer: a caller's own number leaves at least one token, a level leaves a quarter.
 * Where the bound leaves no room for the least budget, it is raised, to `most` at most.
 */
export function fitBudget(reasoning: Reasoning, bound: number, most: number): { budget: number; maxTokens: number } {
  if (bound <= LEAST_BUDGET) {
    const maxTokens = Math.min(LEAST_BUDGET + Math.max(bound, 1), Math.max(most, LEAST_BUDGET + 1));
    return { budget: LEAST_BUDGET, maxTokens };
  }
  const room = reasoning.budget === undefined ? Math.floor(bound * THINKING_SHARE) : bound - 1;
  return { budget: Math.max(LEAST_BUDGET, Math.min(budgetOf(reasoning), room)), maxTokens: bound };
}
