import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/** The value at a dotted path, a number counting in a list; nothing where the path leads nowhere. */
export function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => {
    if (!isJsonObject(value) && !Array.isArray(value)) return undefined;
    return Object.hasOwn(value, step) ? (value as JsonObject)[step] : undefined;
  }, body);
}

/** Puts a value at a dotted path, with the objects on the way. */
export function put(body: JsonObject, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop()!;
  let place = body;
  for (const step of steps) {
    if (!isJsonObject(place[step])) place[step] = {};
    place = place[step] as JsonObject;
  }
  place[last] = value;
}
