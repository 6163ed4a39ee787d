import { defined } from '../../../chat/defined.ts';
import type { ChatRequest, Reasoning } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { boundFor, effortOfBudget, fitBudget, isThinkingOff } from '../../kit/thinking.ts';
import type { ModelTraits } from './models.ts';

export interface Inference {
  inferenceConfig: JsonObject;
  /** Fields that only the model's maker knows: `additionalModelRequestFields`. */
  additional: JsonObject;
  /** Level of effort, where it has a place of its own. */
  effort?: string;
  dropped: string[];
}

/** Where the caller names no bound: what the smallest of these models can answer with. */
const USUAL_MAX = 32_000;

/** The parameters beside the conversation: bounds, sampling, thinking. `mayThink` is false where the model must call a tool. */
export function writeInference(request: ChatRequest, modelTraits: ModelTraits, mayThink: boolean): Inference {
  const { reasoning } = request;
  const thinking = mayThink || modelTraits.thinking === 'effort' ? writeThinking(reasoning, modelTraits) : undefined;
  const isLost = asksToThink(reasoning) && !thinking;
  const sampling = writeSampling(request, modelTraits, thinking?.thinks ?? false);
  const most = modelTraits.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const asked = request.maxTokens === undefined ? undefined : Math.min(request.maxTokens, most);
  const bounds = reasoning && thinking?.byBudget ? withBudget(reasoning, asked, most) : { maxTokens: asked };
  const stop = request.stop?.filter((text) => text.trim() !== '');
  const budgetFields = 'budget' in bounds ? { thinking: { type: 'enabled', budget_tokens: bounds.budget } } : {};
  return {
    inferenceConfig: defined({
      maxTokens: bounds.maxTokens,
      temperature: sampling.temperature,
      topP: sampling.topP,
      stopSequences: stop && stop.length > 0 ? stop : undefined,
    }),
    additional: { ...sampling.additional, ...thinking?.fields, ...budgetFields },
    ...(thinking?.effort ? { effort: thinking.effort } : {}),
    dropped: [...sampling.dropped, ...(isLost ? ['reasoning_effort'] : [])],
  };
}

function withBudget(reasoning: Reasoning, asked: number | undefined, most: number) {
  const bound = asked ?? Math.min(most, Math.max(USUAL_MAX, boundFor(reasoning)));
  return fitBudget(reasoning, bound, most);
}

const asksToThink = (reasoning: Reasoning | undefined): boolean => reasoning !== undefined && !isThinkingOff(reasoning);

interface Thinking {
  thinks: boolean;
  byBudget?: boolean;
  fields?: JsonObject;
  effort?: string;
}

function writeThinking(reasoning: Reasoning | undefined, { thinking }: ModelTraits): Thinking | undefined {
  if (!reasoning) return undefined;
  if (isThinkingOff(reasoning)) {
    return { thinks: false, ...(thinking === 'adaptive' ? { fields: { thinking: { type: 'disabled' } } } : {}) };
  }
  const { effort, budget } = reasoning;
  switch (thinking) {
    case 'budget':
      return { thinks: true, byBudget: true };
    case 'adaptive':
      return {
        thinks: true,
        fields: { thinking: { type: 'adaptive' } },
        ...defined({ effort: effort === undefined ? level(budget) : (fiveLevels.get(effort) ?? 'medium') }),
      };
    case 'effort':
      return {
        thinks: false,
        fields: { reasoning_effort: threeLevels.get(effort ?? level(budget) ?? 'medium') ?? 'medium' },
      };
    case 'none':
      return undefined;
  }
}

const fiveLevels: ReadonlyMap<string, string> = new Map(
  ['low', 'medium', 'high', 'xhigh', 'max'].map((name) => [name, name] as const).concat([['minimal', 'low']]),
);

const threeLevels: ReadonlyMap<string, string> = new Map(
  Object.entries({
    minimal: 'low',
    low: 'low',
    medium: 'medium',
    high: 'high',
    xhigh: 'high',
    max: 'high',
  }),
);

/** The level that a number of tokens amounts to. */
const level = (budget: number | undefined): string | undefined =>
  budget === undefined ? undefined : effortOfBudget(budget);

interface Sampling {
  temperature?: number;
  topP?: number;
  additional: JsonObject;
  dropped: string[];
}

const topKFields: Partial<Record<ModelTraits['family'], (topK: number) => JsonObject>> = {
  anthropic: (topK) => ({ top_k: topK }),
  amazon: (topK) => ({ inferenceConfig: { topK } }),
  mistral: (topK) => ({ top_k: topK }),
};

/** Newer models take fewer of these, thinking ones none. */
function writeSampling(request: ChatRequest, modelTraits: ModelTraits, thinks: boolean): Sampling {
  const { temperature, topP, topK } = request;
  const takes = thinks ? 'drop' : modelTraits.sampling;
  const topKField = takes === 'drop' ? undefined : topKFields[modelTraits.family];
  const takesTopP = takes === 'keep' || (takes === 'one' && temperature === undefined);
  const sampling: Sampling = { additional: {}, dropped: [] };
  if (temperature !== undefined && takes !== 'drop') sampling.temperature = Math.min(1, Math.max(0, temperature));
  // One is what those models do anyway.
  else if (temperature !== undefined && temperature !== 1) sampling.dropped.push('temperature');
  if (topP !== undefined && takesTopP) sampling.topP = topP;
  else if (topP !== undefined && topP < 1) sampling.dropped.push('top_p');
  if (topK !== undefined && topKField) sampling.additional = topKField(topK);
  else if (topK !== undefined) sampling.dropped.push('top_k');
  return sampling;
}
