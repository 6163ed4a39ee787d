import type { Item } from './attributes.ts';

/**
 * The version of the shape of items; every item has it in `v`. An item of another version is left alone: it is not read as if its
 * attributes meant what they mean here, and never overwritten. So an older version can run again after a newer one.
 */
export const ITEM_VERSION = 1;

/** An item without a version was written before there were any, in the shape of the first one. */
export const isKnown = ({ v }: Item): boolean => v === undefined || v.N === String(ITEM_VERSION);

/** The part of a write that leaves an item of another version as it is; the write then fails. */
export const ifKnown = {
  ConditionExpression: '(attribute_not_exists(#v) OR #v = :v)',
  ExpressionAttributeNames: { '#v': 'v' },
  ExpressionAttributeValues: { ':v': { N: String(ITEM_VERSION) } },
};
