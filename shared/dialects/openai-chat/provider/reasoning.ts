import type { Reasoning } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { cannotThink } from '../../kit/openai/models.ts';
import { effortOfBudget, isThinkingOff } from '../../kit/thinking.ts';
import { oneOf } from '../../kit/traits.ts';
import type { Traits } from '../../traits.ts';
import { thinkingControls } from './traits.ts';

/** How a provider of this dialect is asked to think, or the name of what it has no field for. */
export interface WrittenReasoning {
  fields: JsonObject;
  dropped: string[];
}

/**
 * How much to think, in the field the provider has for it (`thinkingControl`): an effort at OpenAI and most others, switches at
 * the Chinese providers. The levels above `high` are of single models only and become `high`.
 */
export function writeReasoning(reasoning: Reasoning | undefined, model: string, traits: Traits): WrittenReasoning {
  if (!reasoning) return { fields: {}, dropped: [] };
  const isOff = isThinkingOff(reasoning);
  const control = oneOf(thinkingControls, traits.thinkingControl);
  switch (control ?? (cannotThink(model) ? 'none' : 'reasoning_effort')) {
    case 'enable_thinking': {
      const budget = reasoning.budget === undefined || isOff ? {} : { thinking_budget: reasoning.budget };
      return { fields: { enable_thinking: !isOff, ...budget }, dropped: [] };
    }
    case 'thinking':
      return { fields: { thinking: { type: isOff ? 'disabled' : 'enabled' } }, dropped: [] };
    case 'reasoning_effort': {
      const effort = effortOf(reasoning, isOff);
      return { fields: effort === undefined ? {} : { reasoning_effort: effort }, dropped: [] };
    }
    case 'none':
      // A request for no thinking is met by a model that cannot think.
      return { fields: {}, dropped: isOff ? [] : ['reasoning_effort'] };
  }
}

const levels: Readonly<Record<string, string>> = { xhigh: 'high', max: 'high' };

function effortOf({ effort, budget }: Reasoning, isOff: boolean): string | undefined {
  if (effort !== undefined) return levels[effort] ?? effort;
  // Not every model knows `none`; without the field a model thinks as little as it does by itself.
  return isOff || budget === undefined ? undefined : effortOfBudget(budget);
}
