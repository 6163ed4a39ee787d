import { history, outputBound, renaming, roles, tools } from '../../kit/traits.ts';

/** In what a provider of OpenAI's Responses may differ from OpenAI. */
export const openaiResponsesTraits = { ...renaming, ...roles, ...history, ...outputBound, ...tools };
