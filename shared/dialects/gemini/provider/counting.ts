import type { CountingDialect } from '../../dialect.ts';
import { pathOf } from '../model-path.ts';

/** What of a request Vertex AI counts; it refuses other fields. */
const counted = ['contents', 'systemInstruction', 'tools', 'generationConfig'] as const;

/**
 * The Gemini API counts a whole request with its model in it; of fields beside `contents` it takes no others. Vertex AI takes the fields
 * themselves.
 * @see https://ai.google.dev/api/tokens https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
 */
export const geminiCounting: CountingDialect = {
  paths: ({ model }) => [`${pathOf(model)}:countTokens`],
  bodyOf(written, { model, traits }) {
    if (traits.countBody !== 'fields') {
      return { generateContentRequest: { model: decodeURIComponent(pathOf(model).slice(1)), ...written } };
    }
    const fields = counted.flatMap((name) => (written[name] === undefined ? [] : [[name, written[name]]]));
    return Object.fromEntries(fields);
  },
  readReply: ({ totalTokens }) => (typeof totalTokens === 'number' ? totalTokens : undefined),
};
