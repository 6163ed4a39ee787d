import * as z from 'zod';
import { outputBound, renaming, seeds } from '../../kit/traits.ts';

const fieldPath = z
  .string()
  .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, 'expected names with dots between them, such as data.answer')
  .refine((path) => !path.split('.').includes('__proto__'), 'it must not lead to __proto__');

/** In what an in-house API may differ from the form we expect. */
export const businessTraits = {
  ...renaming,
  ...outputBound,
  ...seeds,
  /** Where its fields are, as dotted paths (`data.answer`, `items.0.text`). */
  business: z
    .strictObject({
      /** Where the question goes; `query` by default. */
      query: fieldPath.optional(),
      /** Where the model and its parameters go; `model_info` by default. */
      modelInfo: fieldPath.optional(),
      /** Where the conversation goes, as a list of `{role, content}`; by default it is written into the query. */
      conversation: fieldPath.optional(),
      /** Where the answer's text is; `data.answer` by default. */
      answer: fieldPath.optional(),
      /** A value at this path that is not empty, null, false or 0 is an error; `error` by default. */
      error: fieldPath.optional(),
    })
    .optional(),
};
