/**
 * What a provider sent, before any of it is checked: the fields that the schema names, with values that may be anything. Readers
 * take this instead of the schema's own type, so that each value must be looked at before it is used, and a field that is read
 * must be in the schema. A schema's parse of each event would cost more than passing its bytes on.
 */
export type Unchecked<Wire> = { [Name in keyof Wire as string extends Name ? never : Name]?: unknown };
