import { defined } from '../../../chat/defined.ts';
import { claudeTraits } from '../../kit/claude.ts';
import { oneOf } from '../../kit/traits.ts';
import type { Traits } from '../../traits.ts';
import { thinkingControls } from './traits.ts';

/** How a model wants to be asked. A trait of the same name, where it is set, is laid over what we know by the model's name. */
export interface ModelTraits {
  thinkingStyle: 'adaptive' | 'budget' | 'none';
  sampling: 'keep' | 'one' | 'drop';
  prefill: 'keep' | 'continue';
  systemTurns: 'keep' | 'remind';
  answerSchema: 'native' | 'tool';
  toolSearch: 'keep' | 'none';
  /** Most tokens of an answer, where known. */
  maxOutputTokens?: number;
}

/** Asked for where neither the caller nor our knowledge of the model says how long an answer may be. */
export const USUAL_MAX_TOKENS = 8192;

/** @see https://platform.claude.com/docs/en/about-claude/models/overview */
export function knownTraits(model: string, traits: Traits): ModelTraits {
  const { sampling, prefill, systemTurns, answerSchema, toolSearch, maxOutputTokens } = traits;
  const thinkingStyle = oneOf(thinkingControls, traits.thinkingControl);
  const own = defined({ thinkingStyle, sampling, prefill, systemTurns, answerSchema, toolSearch, maxOutputTokens });
  return { ...traitsByName((traits.baseModel ?? model).toLowerCase()), ...own };
}

/** A model of another maker behind this dialect: what all of them take. */
const otherMakers: ModelTraits = {
  thinkingStyle: 'budget',
  sampling: 'keep',
  prefill: 'keep',
  systemTurns: 'remind',
  answerSchema: 'tool',
  toolSearch: 'none',
};

function traitsByName(model: string): ModelTraits {
  return model.includes('claude') ? { ...claudeTraits(model), toolSearch: 'keep' } : otherMakers;
}
