import * as z from 'zod';

/** Values that replies of all dialects hold, as loosely as providers send them. */

export const text = z.string().nullish();

/** Some providers write counts as texts. */
export const count = z.union([z.number(), z.string()]).nullish();

/** Arguments of a tool: JSON text, though some providers write the object itself. */
export const toolArguments = z.union([z.string(), z.looseObject({})]).nullish();

/** An error: an object, or only its sentence. */
export const errorValue = z.union([z.string(), z.boolean(), z.looseObject({})]).nullish();
