import * as z from 'zod';
import { answerSchemas, begunAnswers, history, hosted, outputBound, seeds, tools, vectors } from '../../kit/traits.ts';

/** How a model is asked to think: by a level, by a number of tokens, or not at all. */
export const thinkingControls = ['levels', 'tokens', 'none'] as const;

/** In what a model of Google's may differ from what is known by its name. */
export const geminiTraits = {
  ...history,
  ...outputBound,
  ...seeds,
  ...tools,
  ...hosted,
  ...begunAnswers,
  ...answerSchemas,
  ...vectors,
  /** How it is asked to think; known by the model's name by default. */
  thinkingControl: z.enum(thinkingControls).optional(),
  /** Whether it takes temperature, top_p and top_k: all or none of them. */
  sampling: z.enum(['keep', 'drop']).optional(),
  /** The language of tools' and answers' schemas: a subset of OpenAPI (the default), or JSON Schema. */
  schemaLanguage: z.enum(['openapi', 'json-schema']).optional(),
  /** How it is asked to count tokens: with the whole request as one field (the default), or with the request's fields. */
  countBody: z.enum(['request', 'fields']).optional(),
};
