import type { CountingDialect } from '../../dialect.ts';
import { pathSegment } from '../../model-path.ts';

/** What of a Converse request has tokens; CountTokens refuses its other fields. */
const counted = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields'] as const;

/** The region before a model's id makes it the id of an inference profile: `us.anthropic.claude-…`. */
const REGION = /^(?:global|apac|us-gov|[a-z]{2})\.(?=[\w-]+\.)/;

/**
 * CountTokens wants the id of a model. Ids of inference profiles are refused as models that cannot be counted; for models that a region
 * has by profile only, it may be the other way round, so they are tried second.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export const bedrockCounting: CountingDialect = {
  paths({ model, traits }) {
    const id = traits.baseModel ?? model;
    return [...new Set([id.replace(REGION, ''), id])].map((each) => `/model/${pathSegment(each)}/count-tokens`);
  },
  bodyOf(written) {
    const converse = counted.flatMap((name) => (written[name] === undefined ? [] : [[name, written[name]]]));
    return { input: { converse: Object.fromEntries(converse) } };
  },
  readReply: ({ inputTokens }) => (typeof inputTokens === 'number' ? inputTokens : undefined),
};
