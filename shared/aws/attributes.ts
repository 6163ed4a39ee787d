import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { tryParseJson } from '../http/json.ts';

export type Item = Record<string, AttributeValue>;

type Plain = string | number | boolean | undefined;

/** A flat object as an item of the table; undefined fields are left out. */
export function toItem(fields: Readonly<Record<string, Plain>>): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') item[name] = { S: value };
    else if (typeof value === 'number') item[name] = { N: String(value) };
    else if (typeof value === 'boolean') item[name] = { BOOL: value };
  }
  return item;
}

/** The strings, numbers and booleans of an item. */
export function fromItem(item: Item): Record<string, string | number | boolean> {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(item)) {
    if (value.S !== undefined) fields[name] = value.S;
    else if (value.N !== undefined) fields[name] = Number(value.N);
    else if (value.BOOL !== undefined) fields[name] = value.BOOL;
  }
  return fields;
}

/** An attribute that holds JSON of this shape. */
export const jsonAttribute = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      const value = tryParseJson(text);
      if (value === undefined) context.addIssue({ code: 'custom', message: 'is no JSON' });
      return value;
    })
    .pipe(schema);
