import { defined } from '../../../chat/defined.ts';
import type { HostedTool } from '../../../chat/request.ts';
import { claudeTraits } from '../../kit/claude.ts';
import { oneOf } from '../../kit/traits.ts';
import type { Traits } from '../../traits.ts';
import { thinkingControls } from './traits.ts';

/** Whose model it is: behind Converse each maker has fields and limits of its own. */
export type Family = 'anthropic' | 'amazon' | 'mistral' | 'openai' | 'other';

/** What the writer must know of the model. */
export interface ModelTraits {
  family: Family;
  /** How it is asked to think: a number of tokens, its own measure with a level, OpenAI's level, or not at all. */
  thinking: 'budget' | 'adaptive' | 'effort' | 'none';
  /** Which sampling parameters it takes: all, temperature or top_p but not both, or none of them. */
  sampling: 'keep' | 'one' | 'drop';
  /** It goes on where the conversation ends with its own text. */
  prefill: boolean;
  /** It answers in a given JSON schema; others are made to by a tool they must call. */
  schema: boolean;
  /** Most tokens of an answer, where known. */
  maxOutputTokens?: number;
  /** Tools that AWS runs for it. */
  hosted: readonly HostedTool['type'][];
  /** Where it may be asked to remember. */
  cache: { messages: boolean; tools: boolean; ttl: boolean };
}

/** Model ids name their maker, behind the region of an inference profile: `us.anthropic.claude-…`. ARNs of profiles do not. */
const makers: readonly (readonly [RegExp, Family])[] = [
  [/anthropic|claude/, 'anthropic'],
  [/amazon\.|nova/, 'amazon'],
  [/mistral|mixtral|pixtral|magistral/, 'mistral'],
  [/openai|gpt-oss/, 'openai'],
];

/** What is known of a model by its id, or by the trait `baseModel` where the id is a profile's; other traits overrule it. */
export function knownTraits(id: string, traits: Traits): ModelTraits {
  const model = (traits.baseModel ?? id).toLowerCase();
  const family = makers.find(([name]) => name.test(model))?.[1] ?? 'other';
  const known = family === 'anthropic' ? traitsOfClaude(model) : otherTraits(model, family);
  const { sampling, prefill, answerSchema, maxOutputTokens } = traits;
  const thinking = oneOf(thinkingControls, traits.thinkingControl);
  return {
    ...known,
    ...defined({ thinking, sampling, maxOutputTokens, hosted: traits.hostedTools }),
    ...(prefill ? { prefill: prefill === 'keep' } : {}),
    ...(answerSchema ? { schema: answerSchema === 'native' } : {}),
  };
}

function otherTraits(model: string, family: Family): ModelTraits {
  const isAmazon = family === 'amazon';
  return {
    family,
    thinking: family === 'openai' ? 'effort' : 'none',
    sampling: 'keep',
    prefill: isAmazon,
    schema: !/(?:^|[./])(?:amazon|meta|cohere|ai21)\./.test(model),
    // In the United States only.
    hosted: /^(?:us\.)?amazon\.nova-(?:premier|2-)/.test(model) ? ['web-search'] : [],
    cache: { messages: isAmazon, tools: false, ttl: false },
  };
}

function traitsOfClaude(model: string): ModelTraits {
  const { thinkingStyle, sampling, prefill, answerSchema, maxOutputTokens, version } = claudeTraits(model);
  return {
    family: 'anthropic',
    thinking: thinkingStyle,
    sampling,
    prefill: prefill === 'keep',
    schema: answerSchema === 'native',
    maxOutputTokens,
    hosted: [],
    cache: { messages: true, tools: true, ttl: version >= 4.05 },
  };
}
