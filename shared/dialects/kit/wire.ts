import * as z from 'zod';

/** Values that replies of all dialects hold, as loosely as providers send them. */

export const text = z.string().nullish();

/** Some providers write counts as texts. */
export const count = z.union([z.number(), z.string()]).nullish();

/** Arguments of a tool: JSON text, though some providers write the object itself. */
export const toolArguments = z.union([z.string(), z.looseObject({})]).nullish();

/** An error: an object, or only its sentence. */
export const errorValue = z.union([z.string(), z.boolean(), z.looseObject({})]).nullish();

/**
 * What a provider sent, before any of it is checked: the fields that the schema names, with values that may be anything. Readers
 * take this instead of the schema's own type, so that each value must be looked at before it is used, and a field that is read
 * must be in the schema. A schema's parse of each event would cost more than passing its bytes on.
 */
export type Unchecked<Wire> = { [Name in keyof Wire as string extends Name ? never : Name]?: unknown };
