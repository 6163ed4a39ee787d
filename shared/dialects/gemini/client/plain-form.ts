import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/** Members that hold the caller's own data, with names of its own. */
const free: ReadonlySet<string> = new Set(
  'args response parametersJsonSchema responseJsonSchema labels default example enum'.split(' '),
);

/** Members that are lists: Google's servers take a single object for a list of one, and its documentation sends some. */
const lists: ReadonlySet<string> = new Set('contents parts tools functionDeclarations safetySettings'.split(' '));

const made = new WeakMap<JsonObject, JsonObject>();

/**
 * A body in the one form that is read here. Google's servers take every name in two spellings (`systemInstruction`,
 * `system_instruction`). Throws `invalid_request` where both are there: it is unknown which of them the provider would read.
 */
export function plainForm(body: JsonObject): JsonObject {
  const known = made.get(body);
  if (known) return known;
  const plain = plainObject(body, false);
  made.set(body, plain);
  return plain;
}

function plainObject(object: JsonObject, namesAreData: boolean): JsonObject {
  const members: [string, unknown][] = [];
  const names = new Set<string>();
  for (const [given, value] of Object.entries(object)) {
    const name = namesAreData ? given : plainName(given);
    if (names.has(name)) throw twice(name);
    names.add(name);
    members.push([name, !namesAreData && free.has(name) ? value : plainMember(name, value, namesAreData)]);
  }
  // Unlike assignment, this makes a member of any name.
  return Object.fromEntries(members);
}

/** Under `properties`, the names are those of a schema. */
function plainMember(name: string, value: unknown, namesAreData: boolean): unknown {
  const isProperties = !namesAreData && name === 'properties';
  const plain = plainValue(value, isProperties);
  return !namesAreData && lists.has(name) && isJsonObject(plain) ? [plain] : plain;
}

function plainValue(value: unknown, namesAreData: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => plainValue(item, false));
  return isJsonObject(value) ? plainObject(value, namesAreData) : value;
}

/** The name under which a body has this member, in whichever spelling; undefined where it has none. */
export const givenName = (body: JsonObject, name: string): string | undefined =>
  Object.keys(body).find((given) => plainName(given) === name);

const plainName = (name: string): string =>
  name.includes('_')
    ? name.replace(/^_/, '').replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : name;

const twice = (name: string): GatewayError =>
  new GatewayError('invalid_request', `The field '${name.slice(0, 100)}' is there twice, in two spellings.`, {
    param: name.slice(0, 100),
  });
