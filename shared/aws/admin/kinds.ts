import type * as z from 'zod';
import { type Group, group } from '../../call/virtual-key.ts';
import { type AdminKey, adminKey, type KeyRecord, keyRecord } from '../../operations/records.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import { ITEM_VERSION } from '../version.ts';

/** Something that is administered: each is one item, `<type>#…` / `<type>`, shown by the index under its type. */
export interface Kind<Value> {
  type: 'KEY' | 'GROUP' | 'ADMIN';
  schema: z.ZodObject & z.ZodType<Value>;
  /** Fields that are stored as JSON. */
  nested: readonly string[];
}

export const keyKind: Kind<KeyRecord> = {
  type: 'KEY',
  schema: keyRecord,
  nested: ['tags', 'metadata', 'rules', 'providerKeys', 'inferenceProfiles', 'previous'],
};
export const groupKind: Kind<Group> = {
  type: 'GROUP',
  schema: group,
  nested: ['rules', 'providerKeys', 'inferenceProfiles'],
};
export const adminKeyKind: Kind<AdminKey> = { type: 'ADMIN', schema: adminKey, nested: [] };

/** A value's fields as attributes. */
export function fieldsOf(value: object): Record<string, string | number | boolean | undefined> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, typeof field === 'object' ? JSON.stringify(field) : field]),
  );
}

/** A value of the fields of an item. Fails where they are not as they were written. */
export function readValue<Value>({ schema, nested }: Kind<Value>, item: Item): Value {
  const fields = Object.entries(fromItem(item))
    .filter(([name]) => name in schema.shape)
    .map(([name, field]) => [name, nested.includes(name) ? JSON.parse(String(field)) : field]);
  return schema.parse(Object.fromEntries(fields));
}

/** Where an item is. */
export interface Place {
  pk: string;
  sk: string;
}

export const placeOf = ({ type }: Pick<Kind<unknown>, 'type'>, name: string): Place => ({
  pk: `${type}#${name}`,
  sk: type,
});

/** A value's attributes, those by which it is listed among them. */
export const itemOf = <Value extends { id: string }>(kind: Kind<Value>, place: Place, value: Value): Item =>
  toItem({ ...place, v: ITEM_VERSION, list: kind.type, listSort: value.id, ...fieldsOf(value) });
