import * as z from 'zod';
import { cacheMarks, history, renaming, roles, seeds, tools, vectors } from '../../kit/traits.ts';

/** Fields in which providers of this dialect are asked to think; `none` where there is no such field. */
export const thinkingControls = ['reasoning_effort', 'enable_thinking', 'thinking', 'none'] as const;

/** In what a provider of OpenAI's chat completions may differ from OpenAI. */
export const openaiChatTraits = {
  ...renaming,
  ...roles,
  ...history,
  ...seeds,
  ...tools,
  ...vectors,
  ...cacheMarks,
  /** In which field it is asked to think; `reasoning_effort` by default. */
  thinkingControl: z.enum(thinkingControls).optional(),
  /** It gives one answer and has no `n`: more than one is refused with 400. */
  oneChoice: z.boolean().optional(),
  /** Its name of the bound on the answer's tokens, where it knows only one of the two names. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** How it is asked to search the web: by a server tool of OpenRouter's, or by `web_search_options`; not at all by default. */
  webSearch: z.enum(['tool', 'options']).optional(),
  /** Tools of free text: sent as such (`native`), or as functions of one argument (the default), which every server knows. */
  customTools: z.enum(['native', 'function']).optional(),
  /** Token counts in a stream: sent when asked for by `stream_options` (the default), or always, and asking is refused. */
  streamUsage: z.enum(['ask', 'unasked']).optional(),
};
