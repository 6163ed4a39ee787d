import * as z from 'zod';
import { answerSchemas, begunAnswers, cacheMarks, hosted, outputBound, tools } from '../../kit/traits.ts';

/** How a model is asked to think: by an effort, by a number of tokens, or not at all. */
export const thinkingControls = ['adaptive', 'budget', 'none'] as const;

/** In what a provider of Anthropic's messages, or one of its models, may differ. */
export const anthropicTraits = {
  /**
   * Which thinking is sent back to it with the history: all that has Anthropic's signature (the default), thinking without a
   * signature too (`keep`), or none (`strip`).
   */
  thinkingHistory: z.enum(['keep', 'strip']).optional(),
  ...outputBound,
  ...tools,
  ...hosted,
  ...begunAnswers,
  ...answerSchemas,
  ...cacheMarks,
  /**
   * The search among deferred tools: its own (`keep`), or none, so that all tools are sent as ordinary ones and what was found is
   * told in words (`none`). Known by the model's name by default.
   */
  toolSearch: z.enum(['keep', 'none']).optional(),
  /** How it is asked to think; known by the model's name by default. */
  thinkingControl: z.enum(thinkingControls).optional(),
  /** Whether it takes temperature, top_p and top_k: all, one of temperature and top_p at a time, or none of them. */
  sampling: z.enum(['keep', 'one', 'drop']).optional(),
  /** Instructions inside the conversation: a turn of their own (`keep`), or reminders in the user's turn beside them. */
  systemTurns: z.enum(['keep', 'remind']).optional(),
};
