import * as z from 'zod';
import { answerSchemas, begunAnswers, history, hosted, outputBound, tools, vectors } from '../../kit/traits.ts';

/** How a model is asked to think: by an effort, by a number of tokens, or not at all. */
export const thinkingControls = ['adaptive', 'budget', 'none'] as const;

/** In what a model of Bedrock's may differ from what is known by its name. */
export const bedrockTraits = {
  ...history,
  ...outputBound,
  ...tools,
  ...hosted,
  ...begunAnswers,
  ...answerSchemas,
  ...vectors,
  /** How it is asked to think; known by the model's name by default. */
  thinkingControl: z.enum(thinkingControls).optional(),
  /** Whether it takes temperature, top_p and top_k: all, one of temperature and top_p at a time, or none of them. */
  sampling: z.enum(['keep', 'one', 'drop']).optional(),
};
