import type { JsonObject } from '../../http/json.ts';
import { numberOf } from './read-values.ts';

/** The fields of a request that bound its answer, lowered to `most`; the first one is set where the caller gave none. */
export function boundFields(body: JsonObject, fields: readonly [string, ...string[]], most: number): JsonObject {
  const given = fields.filter((name) => body[name] != null);
  if (given.length === 0) return { [fields[0]]: most };
  const larger = given.filter((name) => !(numberOf(body[name]) <= most));
  return Object.fromEntries(larger.map((name) => [name, most]));
}
