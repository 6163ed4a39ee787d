import type { ChatRequest, Reasoning } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { effortOfBudget, fitBudget, isThinkingOff } from '../../kit/thinking.ts';
import { ANTHROPIC } from '../names.ts';
import { type ModelTraits, USUAL_MAX_TOKENS } from './models.ts';

const efforts = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

export interface ThinkingPlan {
  thinking?: JsonObject;
  effort?: string;
  isOn: boolean;
  maxTokens: number;
  dropped: string[];
}

/** How hard the model is to think and how much it may say. `cannot` where this turn rules thinking out. */
export function planThinking(
  { reasoning, maxTokens: asked }: ChatRequest,
  modelTraits: ModelTraits,
  cannot: boolean,
): ThinkingPlan {
  const most = modelTraits.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const maxTokens = Math.min(asked ?? modelTraits.maxOutputTokens ?? USUAL_MAX_TOKENS, most);
  const plan: ThinkingPlan = { isOn: false, maxTokens, dropped: [] };
  if (!reasoning) return plan;
  const isOff = isThinkingOff(reasoning);
  if (modelTraits.thinkingStyle === 'none') return isOff ? plan : { ...plan, dropped: [nameOf(reasoning)] };
  if (isOff) return { ...plan, thinking: { type: 'disabled' } };
  if (cannot) return { ...plan, thinking: { type: 'disabled' }, dropped: [nameOf(reasoning)] };
  if (modelTraits.thinkingStyle === 'adaptive') {
    const effort = effortOf(reasoning);
    const thinking = { type: 'adaptive', ...displayOf(reasoning) };
    return { ...plan, isOn: true, thinking, ...(effort ? { effort } : {}) };
  }
  const fitted = fitBudget(reasoning, maxTokens, most);
  return {
    ...plan,
    isOn: true,
    maxTokens: fitted.maxTokens,
    thinking: { type: 'enabled', budget_tokens: fitted.budget, ...displayOf(reasoning) },
  };
}

const nameOf = ({ effort }: Reasoning): string => (effort === undefined ? 'thinking' : 'reasoning_effort');

/** How thinking is shown; values of betas are left out, since their header is not sent either. */
function displayOf({ native }: Reasoning): JsonObject {
  const display = native?.dialect === ANTHROPIC ? native.fields.display : undefined;
  return display === 'summarized' || display === 'omitted' ? { display } : {};
}

function effortOf({ effort, budget }: Reasoning): string | undefined {
  if (effort !== undefined) return efforts.has(effort) ? effort : effort === 'minimal' ? 'low' : undefined;
  return budget === undefined ? undefined : effortOfBudget(budget);
}

/** Temperature and its like, as far as model and thinking allow; what is left out is named. */
export function writeSampling(
  { temperature, topP, topK }: ChatRequest,
  { sampling }: ModelTraits,
  isThinking: boolean,
): { fields: JsonObject; dropped: string[] } {
  const fields: JsonObject = {};
  const dropped: string[] = [];
  const keep = (name: string, value: number | undefined, isTaken: boolean): void => {
    if (value === undefined) return;
    if (isTaken) fields[name] = value;
    else dropped.push(name);
  };
  const any = sampling !== 'drop';
  keep('temperature', temperature === undefined ? undefined : Math.min(temperature, 1), any && !isThinking);
  const both = sampling === 'one' && fields.temperature !== undefined;
  keep('top_p', topP, any && !both && (!isThinking || (topP ?? 0) >= 0.95));
  keep('top_k', topK, any && !isThinking);
  return { fields, dropped };
}
