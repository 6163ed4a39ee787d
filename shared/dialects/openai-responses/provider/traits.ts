import * as z from 'zod';
import { history, hosted, outputBound, renaming, roles, tools } from '../../kit/traits.ts';

/** In what a provider of OpenAI's Responses may differ from OpenAI. */
export const openaiResponsesTraits = {
  ...renaming,
  ...roles,
  ...history,
  ...outputBound,
  ...tools,
  ...hosted,
  /** It sums conversations up at `/responses/compact`; without it, the model is asked for a summary. */
  compacts: z.boolean().optional(),
  /**
   * Forms of tools and items that OpenAI alone takes and Codex sends: groups of tools, tools of free text, a search that is told whether
   * it may reach the web, reasoning whose `content` is null. With `plain`, requests that hold one are written with functions and
   * items that all know. Kept unless said.
   */
  openaiForms: z.enum(['keep', 'plain']).optional(),
  /** It keeps answers, to be read or gone on from by their id; without it, what needs a kept answer is refused. */
  keepsResponses: z.boolean().optional(),
};
