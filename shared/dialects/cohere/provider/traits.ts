import { history, outputBound, renaming, seeds, tools, vectors } from '../../kit/traits.ts';

/** In what a provider of Cohere's chat, version 2, may differ from Cohere. */
export const cohereTraits = { ...renaming, ...history, ...outputBound, ...vectors, ...seeds, ...tools };
