import type { Reasoning } from '../../chat/request.ts';

/** Tokens to think with for each level of effort, for models that take a number; the same model takes the same at every provider. */
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
